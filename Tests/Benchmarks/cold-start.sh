# Cold start without a database: spawn to exit of a function that answers one request on standard
# input, and of a static C program that does nothing.
echo '{"method":"POST","path":"/echo","json":{"name":"Ada","quantity":3}}' >"$work/request"
.build/release/ProbesEcho <"$work/request" | grep -q '"status":200'

compare_starts "cold start: C program that does nothing" 1000 .build/release/ProbesEcho "$work/nothing"
