# Cold start without a database: spawn to exit of a packaged function that answers one request under
# CGI, of a static C program that answers the same, and of one that does nothing.
package Tests Probes/Echo
function=$work/package/bin/Probes/Echo
printf %s "$body" >"$work/request"
(
    # shellcheck disable=SC2086,SC2163 # Each is a variable.
    export $post
    for program in "$function" "$work/echo"; do
        "$program" <"$work/request" | grep -q '{"greeting":"Hello, Ada!","quantity":3}'
    done
    compare_starts "cold, CGI: static C, the same request" 1000 "<=1.8" \
        "$function" "$work/echo"
    compare_starts "cold, CGI: static C that does nothing" 1000 "" \
        "$function" "$work/nothing"
)
