-- A chat completion of about 300 bytes; every answer must be 200 and carry the upstream's body.
local body = '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"' .. string.rep("x", 120) .. '"}]}'
wrk.method = "POST"
wrk.body = body
wrk.headers["Content-Type"] = "application/json"
wrk.headers["User-Agent"] = "bench"

local threads = {}
function setup(thread)
  table.insert(threads, thread)
end

function init()
  wrong = 0
end

function response(status, headers, answer)
  if status ~= 200 or #answer ~= 900 then
    wrong = wrong + 1
  end
end

function done(summary, latency)
  local wrong = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  for _, thread in ipairs(threads) do
    wrong = wrong + thread:get("wrong")
  end
  print(string.format(
    '{"requests":%d,"requestsPerSecond":%.1f,"p50Micros":%d,"p99Micros":%d,"maxMicros":%d,"wrong":%d}',
    summary.requests, summary.requests / (summary.duration / 1e6),
    latency:percentile(50), latency:percentile(99), latency.max, wrong))
end
