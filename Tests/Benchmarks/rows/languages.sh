# Cold start beside other languages: spawn to exit of programs that read, check and answer the same
# JSON.
package Tests Probes/Echo
printf %s "$body" >"$work/request"
(
    # shellcheck disable=SC2086,SC2163
    export $post DENO_NO_UPDATE_CHECK=1 DENO_DIR="$work/deno" NO_COLOR=1
    node="$(command -v node) Tests/Benchmarks/Peers/echo.cjs"
    deno="$deno run --quiet --no-config --no-lock Tests/Benchmarks/Peers/echo-deno.js"
    python="/usr/bin/python3 -I Tests/Benchmarks/Peers/echo.py"
    for program in "$node" "$deno" "$python"; do
        $program <"$work/request" | grep -Eq '"greeting": ?"Hello, Ada!", ?"quantity": ?3'
    done
    "$work/spawn" 100 "$work/request" "$work/package/bin/Probes/Echo" \
        "$node" "$deno" "$python" |
        awk '{ print $1 / 1000 }' >"$work/times"
    ours=$(sed -n 1p "$work/times")
    row "cold, CGI: Node $(node --version)" "$ours" "$(sed -n 2p "$work/times")" ms faster8
    row "cold, CGI: $(${deno%% *} --version | sed -n '1s/ (.*//p')" "$ours" \
        "$(sed -n 3p "$work/times")" ms faster5
    row "cold, CGI: $(/usr/bin/python3 --version)" "$ours" "$(sed -n 4p "$work/times")" ms faster4
)
