# Memory of an idle worker's own (RssAnon), after it has answered some hundred requests.
own() { awk '/^RssAnon/ { print $2 / 1024 }' "/proc/$(worker "$1")/status"; }
serve_apps Tests
for _ in $(seq 300); do echo "url=http://127.0.0.1:$port/probes/echo"; done >"$work/urls"
curl -fs -H 'Content-Type: application/json' -d "$body" -K "$work/urls" >/dev/null
row "idle worker: its own memory" "$(own ProbesEcho)" - MB max1.5
stop
serve_apps Functions
for _ in $(seq 300); do echo "url=http://127.0.0.1:$port/brainstorm/api/health"; done >"$work/urls"
curl -fs -K "$work/urls" >/dev/null
row "idle worker with a database: its own memory" "$(own BrainstormCheckHealth)" - MB max3
