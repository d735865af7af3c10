-- The request of the warm path, and a line of figures at the end: requests a second, the median
-- latency in microseconds, and how many answers were not 2xx or did not come.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"name":"Ada","quantity":3}'

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.stderr:write(string.format("%.0f %.0f %d\n",
    summary.requests * 1e6 / summary.duration, latency:percentile(50), failed))
end
