/**
 * What runs inside Redis, so that it takes one round trip and nothing comes between. A counter is a number; beside it stands a sorted
 * set of what is reserved of it, by the time at which each reservation ends unless its owner renews it. Members end with their amount.
 * Counters change before sets do: a server without memory left refuses the first of these alone, and what is done by halves would
 * stay so.
 * Keys: for each counter the number and the set.
 */
const prelude = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function release(counter, leases)
  local due = redis.call('ZRANGEBYSCORE', leases, '-inf', now)
  if #due == 0 then return end
  local sum = 0
  for _, member in ipairs(due) do sum = sum + string.match(member, '%d+$') end
  if redis.call('EXISTS', counter) == 1 then
    redis.call('DECRBY', counter, string.format('%.0f', sum))
  end
  redis.call('ZREMRANGEBYSCORE', leases, '-inf', now)
end
local function add(counter, cost, ttl)
  local total = redis.call('INCRBY', counter, cost)
  redis.call('PEXPIRE', counter, ttl)
  return total
end
`

/** Arguments: cost and time to live for each counter. Returns the totals. */
const addScript = `${prelude}
local totals = {}
for i = 1, #KEYS / 2 do
  local counter = KEYS[2 * i - 1]
  release(counter, KEYS[2 * i])
  totals[i] = add(counter, ARGV[2 * i - 1], ARGV[2 * i])
end
return totals
`

/**
 * Arguments: how long what is reserved outlives its owner; then member, cost, limit and time to live for each counter. Returns the
 * number of the claim that does not fit, or 0, and the totals.
 */
const reserveScript = `${prelude}
local count = #KEYS / 2
local answer, claimed = { 0 }, {}
for i = 1, count do
  local counter = KEYS[2 * i - 1]
  release(counter, KEYS[2 * i])
  answer[i + 1] = tonumber(redis.call('GET', counter) or '0')
end
for i = 1, count do
  local counter = KEYS[2 * i - 1]
  local total = (claimed[counter] or answer[i + 1]) + tonumber(ARGV[4 * i - 1])
  if total > tonumber(ARGV[4 * i]) then
    answer[1] = i
    return answer
  end
  claimed[counter] = total
end
for i = 1, count do
  local leases, ttl = KEYS[2 * i], ARGV[4 * i + 1]
  add(KEYS[2 * i - 1], ARGV[4 * i - 1], ttl)
  redis.call('ZADD', leases, now + ARGV[1], ARGV[4 * i - 2])
  redis.call('PEXPIRE', leases, ttl)
end
for i = 1, count do answer[i + 1] = tonumber(redis.call('GET', KEYS[2 * i - 1])) end
return answer
`

/**
 * Arguments: member, what was used, and time to live for each counter. What has ended by itself was given back, and what the server has
 * lost holds nothing, so that all that was used is added.
 */
const settleScript = `
for i = 1, #KEYS / 2 do
  local counter, member = KEYS[2 * i - 1], ARGV[3 * i - 2]
  local leases, change = KEYS[2 * i], tonumber(ARGV[3 * i - 1])
  if redis.call('ZSCORE', leases, member) and redis.call('EXISTS', counter) == 1 then
    change = change - string.match(member, '%d+$')
  end
  redis.call('INCRBY', counter, string.format('%.0f', change))
  redis.call('ZREM', leases, member)
  redis.call('PEXPIRE', counter, ARGV[3 * i])
end
return 1
`

/** Arguments: time to live; then the member for each key. Keys: sets only. */
const renewScript = `${prelude}
for i = 1, #KEYS do
  redis.call('ZADD', KEYS[i], 'XX', now + ARGV[1], ARGV[i + 1])
end
return 1
`

/** By the names under which a client calls them. */
export const scripts = {
  sluiceAdd: addScript,
  sluiceReserve: reserveScript,
  sluiceSettle: settleScript,
  sluiceRenew: renewScript,
} as const

export type ScriptName = keyof typeof scripts
