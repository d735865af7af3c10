# Builds what the rows need, and installs what it is compared with.
need() { case " $rows " in *" $1 "*) ;; *) return 1 ;; esac; }

set -- "gcc: the C programs that functions are compared with" "libc6-dev: their headers" \
    "wrk: load over HTTP" "curl: waiting for servers" "procps: finding a worker"
if need languages; then
    set -- "$@" "nodejs: a function is compared with it" \
        "python3-venv: so with Python, and fetches Deno"
fi
if need fastcgi; then
    set -- "$@" "nginx: speaks FastCGI" "libfcgi-dev: FastCGI in C" "spawn-fcgi: starts both"
fi
if need size; then set -- "$@" "zip: packs functions" "binutils: strips them"; fi
# A package that is there in another edition, such as Node's own, will do.
local-runner/install "$@"
if need transaction; then
    pgbench=$(command -v pgbench || ls /usr/lib/postgresql/*/bin/pgbench | tail -n 1)
fi
deno=.build/deno/bin/deno
if need languages && [ ! -x "$deno" ]; then
    /usr/bin/python3 -m venv .build/deno
    .build/deno/bin/pip install --quiet --disable-pip-version-check deno==2.9.8
fi

build() { swift build "$@" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }; }
release="-c release --static-swift-stdlib"

echo "Building the release, and what it is compared with."
# shellcheck disable=SC2086 # Flags are several words.
if [ "$rows" != rebuild ]; then build $release; fi
# shellcheck disable=SC2086
if need warm; then
    build $release --package-path Tests/Benchmarks/Peers/Server --scratch-path .build/peer
fi
if need rebuild; then build; fi
gcc -O2 -o "$work/spawn" Tests/Benchmarks/spawn.c
gcc -O2 -static -o "$work/nothing" Tests/Benchmarks/Peers/nothing.c
gcc -O2 -static -o "$work/echo" Tests/Benchmarks/Peers/echo-cgi.c
if need query; then gcc -O2 -o "$work/query" Tests/Benchmarks/Peers/query.c -lpq; fi
if need fastcgi; then
    gcc -O2 -o "$work/echo-fastcgi" Tests/Benchmarks/Peers/echo-fastcgi.c -lfcgi
fi

# The request that most rows send, and its environment under CGI.
body='{"name":"Ada","quantity":3}'
post="GATEWAY_INTERFACE=CGI/1.1 SERVER_PROTOCOL=HTTP/1.1 SERVER_NAME=localhost SERVER_PORT=80
    REMOTE_ADDR=127.0.0.1 HTTP_HOST=localhost HTTP_ACCEPT=*/* REQUEST_METHOD=POST PATH_INFO=/echo
    QUERY_STRING= CONTENT_TYPE=application/json CONTENT_LENGTH=${#body}"
