# Builds the release, the peer and the C programs into $work.
local-runner/install "gcc: the C programs that functions are compared with" "wrk: load over HTTP" \
    "curl: waiting for servers" "procps: finding a worker"

build() {
    swift build -c release --static-swift-stdlib "$@" >"$work/log" 2>&1 ||
        { cat "$work/log"; exit 1; }
}

echo "Building the release, and the server that it is compared with."
build
build --package-path Tests/Benchmarks/Peer --scratch-path .build/peer
gcc -O2 -o "$work/spawn" Tests/Benchmarks/spawn.c
gcc -O2 -static -o "$work/nothing" Tests/Benchmarks/nothing.c
gcc -O2 -o "$work/query" Tests/Benchmarks/query.c -lpq
