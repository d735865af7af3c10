# Cold start with a database: spawn to exit of a function that asks PostgreSQL one thing, and of a C
# program that asks it the same by libpq. The runner gives the database, and its worker's environment
# tells the address.
serve "http://127.0.0.1:$port/_/health" \
    .build/release/local-runner up --release --quiet --port "$port" --state "$work/state"
curl -fso /dev/null "http://127.0.0.1:$port/brainstorm/api/health"
worker=$(pgrep -n -f "/release/BrainstormCheckHealth")
DATABASE_URL=$(tr '\0' '\n' <"/proc/$worker/environ" | sed -n 's/^DATABASE_URL=//p')
export DATABASE_URL
echo '{"method":"GET","path":"/api/health"}' >"$work/request"
.build/release/BrainstormCheckHealth <"$work/request" | grep -q '"status":200'

compare_starts "cold start with a query: C program on libpq" 500 \
    .build/release/BrainstormCheckHealth "$work/query"
stop
