-- The requests of a load, and a line of figures at the end: requests a second, the median and the 99th
-- percentile of latency in microseconds, and how many answers were not 2xx or did not come.
local body, cookie = os.getenv("LOAD_BODY"), os.getenv("LOAD_COOKIE")
if body then
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.body = body
end
if cookie then wrk.headers["Cookie"] = cookie end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.stderr:write(string.format("%.0f %.0f %.0f %d\n", summary.requests * 1e6 / summary.duration,
    latency:percentile(50), latency:percentile(99), failed))
end
