# The warm path: POST of JSON through the runner to a worker, and to the same handler inside
# Hummingbird, in turn.
serve_apps Tests
peer=$((port + 1))
serve "http://127.0.0.1:$peer/" .build/peer/release/Peer "$peer"
export LOAD_BODY="$body"
for connections in 1 64; do
    compare_loads "warm, $connections connections: Hummingbird" $connections \
        "http://127.0.0.1:$port/probes/echo" "http://127.0.0.1:$peer/probes/echo" ">=0.6" "<=2"
done
unset LOAD_BODY
