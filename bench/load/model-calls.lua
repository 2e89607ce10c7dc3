-- A chat completion of about 300 bytes by one of 1,000 callers, each with a token and a prompt of its own. BENCH_TOKENS names a file with a
-- token on each line, BENCH_HEADERS one with further headers as `name: value`. Every answer must be 200 and at least as long as the upstream's.
local requests = {}
local next = 0
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init()
  wrong = 0
  local headers = { ["Content-Type"] = "application/json", ["User-Agent"] = "bench" }
  for line in io.lines(os.getenv("BENCH_HEADERS")) do
    local name, value = line:match("^([^:]+): (.+)$")
    headers[name] = value
  end
  for token in io.lines(os.getenv("BENCH_TOKENS")) do
    headers["Authorization"] = "Bearer " .. token
    local prompt = string.format("Question %d: %s", #requests, string.rep("what does it cost? ", 6))
    local body = '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"' .. prompt .. '"}]}'
    table.insert(requests, wrk.format("POST", wrk.path, headers, body))
  end
end

function request()
  next = next % #requests + 1
  return requests[next]
end

function response(status, headers, answer)
  if status ~= 200 or #answer < 900 then
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
