# The warm path: POST of JSON through the runner to a worker, and to the same handler inside
# Hummingbird, in turn. Three rounds; the median of each figure counts.
serve "http://127.0.0.1:$port/_/health" \
    .build/release/local-runner up --release --quiet --apps Tests --port "$port" \
    --state "$work/probes"
peer=$((port + 1))
serve "http://127.0.0.1:$peer/" .build/peer/release/Peer "$peer"

# The figures of one run, and what did not go well.
load() {
    wrk -t1 -c"$2" -d5s --latency -s Tests/Benchmarks/echo.lua \
        "http://127.0.0.1:$1/probes/echo" 2>&1 >/dev/null
}

for connections in 1 64; do
    : >"$work/figures"
    for _ in 1 2 3; do
        echo "$(load "$port" $connections) $(load $peer $connections)" >>"$work/figures"
    done
    # Of a column, the middle one of three.
    middle() { awk -v column="$1" '{ print $column }' "$work/figures" | sort -n | sed -n 2p; }
    row "requests a second, $connections connections: Hummingbird" "$(middle 1)" "$(middle 4)" "/s"
    row "median latency, $connections connections: Hummingbird" \
        "$(middle 2 | awk '{ print $1 / 1000 }')" "$(middle 5 | awk '{ print $1 / 1000 }')" ms
    awk '$3 + $6 > 0 { print "  answers that failed: Apus " $3 ", Hummingbird " $6 }' \
        "$work/figures"
done
stop
