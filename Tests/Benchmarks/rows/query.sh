# Cold start with a database: spawn to exit of a packaged function that asks PostgreSQL one thing,
# and of a C program that asks it the same by libpq. The runner gives the database, and its worker's
# environment tells the address. A function that also links libcurl stands beside it, asked the
# same: nothing, so that the difference is what loading costs.
package Functions Brainstorm/CheckHealth Brainstorm/PlaceOrder Brainstorm/ListTransactions
functions=$work/package/bin/Brainstorm
serve_apps Functions
curl -fso /dev/null "http://127.0.0.1:$port/brainstorm/api/health"
url=$(variable "$(worker BrainstormCheckHealth)" DATABASE_URL)
: >"$work/request"
(
    export DATABASE_URL="$url" GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET PATH_INFO=/api/health \
        ALLOWED_CIDR=0.0.0.0/0 REMOTE_ADDR=127.0.0.1
    "$functions/CheckHealth" <"$work/request" | grep -q 'Status: 200'
    compare_starts "cold, CGI, one query: C on libpq" 500 "<=1.4" \
        "$functions/CheckHealth" "$work/query"
    # Both are asked for a path that needs no database.
    export PATH_INFO=/
    compare_starts "cold, CGI, libcurl linked too: without it" 300 "" \
        "$functions/PlaceOrder" "$functions/ListTransactions"
)
