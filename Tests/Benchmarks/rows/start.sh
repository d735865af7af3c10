# The start of the runner with all functions, everything built and its state there, to the first
# answer of a function that asks PostgreSQL; and PostgreSQL's own start, on the same data.
serve_apps Functions
stop
state=$work/state-Functions
folder=$(realpath "$state/postgres")
programs=$(dirname "$(ls /usr/lib/postgresql/*/bin/postgres | tail -n 1)")
as=
if [ "$(id -u)" = 0 ]; then
    as="setpriv $(stat -c "--reuid=%u --regid=%g" "$folder/data") --clear-groups --"
fi
# shellcheck disable=SC2046 # Two figures.
set -- $(/usr/bin/python3 Tests/Benchmarks/start.py 5 "$port" /brainstorm/api/health \
    ".build/release/local-runner up --release --quiet --port $port --state $state" \
    "$as $programs/postgres -D $folder/data -c listen_addresses= \
        -c unix_socket_directories=$folder")
row "start of the runner, to an answer: PostgreSQL" "$1" "$2" ms
row "  beyond PostgreSQL's" "$(awk "BEGIN { print $1 - $2 }")" - ms max300
