# The new answer after a handler was edited: swift build of its product, until the runner, which
# serves all the while, answers by it. The source is put back afterwards.
source=Tests/Probes/Echo/Echo.swift
cp "$source" "$work/Echo.swift"
trap 'cp "$work/Echo.swift" "$source"; stop; rm -rf "$work"' EXIT
serve "http://127.0.0.1:$port/_/health" .build/debug/local-runner up --quiet --apps Tests \
    --port "$port" --state "$work/state-debug"
ask() { curl -fsH 'Content-Type: application/json' -d "$body" "http://127.0.0.1:$port/probes/echo"; }
ask >/dev/null
: >"$work/figures"
for word in One Two Three; do
    begin=$(date +%s%N)
    sed "s/Hello, /$word, /" "$work/Echo.swift" >"$source"
    build --product ProbesEcho
    built=$(date +%s%N)
    until ask | grep -q "$word, Ada"; do sleep 0.01; done
    echo "$begin $built $(date +%s%N)" | awk '{ print ($3 - $1) / 1e9, ($2 - $1) / 1e9 }' \
        >>"$work/figures"
done
cp "$work/Echo.swift" "$source"
row "rebuild after an edit, to the new answer" "$(middle "$work/figures" 1)" - s max3
row "  of it swift build" "$(middle "$work/figures" 2)" - s
