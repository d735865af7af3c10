# Warm with a query: GET through the runner to a function that does one transaction, a session's
# settings and one SELECT under row-level security, on four connections; and pgbench, which sends
# the same statements in the same pipeline on four. Both connect as the function's role.
workers=4
serve "http://127.0.0.1:$port/_/health" .build/release/local-runner up --release --quiet \
    --workers $workers --port "$port" --state "$work/state-Functions"
api=http://127.0.0.1:$port/brainstorm/api
curl -fso /dev/null -c "$work/cookies" -H 'Content-Type: application/json' \
    -d '{"email":"trader@demo.com","password":"trader123"}' "$api/auth/signin"
token=$(awk '/session_token/ { print $7 }' "$work/cookies")
export LOAD_COOKIE="better-auth.session_token=$token"
curl -fsH "Cookie: $LOAD_COOKIE" "$api/user/preferences" | grep -q riskTolerance

# The statements of BrainstormShowPreferences.
cat >"$work/transaction.sql" <<END
\\startpipeline
BEGIN;
SELECT app.begin_request('$(printf %s "$token" | sha256sum | cut -d' ' -f1)', NULL, now());
SELECT notifications_enabled, risk_tolerance, auto_invest FROM own_preferences;
COMMIT;
\\endpipeline
END
DATABASE_URL=$(variable "$(worker BrainstormShowPreferences)" DATABASE_URL)
statements() {
    "$pgbench" -n -M "$1" -c $workers -j 1 -T 4 -f "$work/transaction.sql" "$DATABASE_URL" \
        2>"$work/log" | awk '/^latency average/ { latency = $4 * 1000 } /^tps/ { print $3, latency }'
}
: >"$work/figures"
for _ in 1 2 3; do
    echo "$(load $workers "$api/user/preferences") $(statements extended) $(statements prepared)" \
        >>"$work/figures"
done
row "warm, one RLS query, $workers connections: pgbench" "$(middle "$work/figures" 1)" \
    "$(middle "$work/figures" 5)" "/s" ">=0.5"
row "  pgbench with prepared statements" "$(middle "$work/figures" 1)" \
    "$(middle "$work/figures" 7)" "/s"
awk '$4 > 0 { print "  answers that failed: " $4 }' "$work/figures"
unset LOAD_COOKIE
