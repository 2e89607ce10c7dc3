import { execFileSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { watchCore } from './harness/programs/bench-process.ts'
import { formatTable, keepResults, quietLoadAverage } from './harness/report.ts'
import type { Measurement, Scenario } from './harness/scenario.ts'
import { loadCore } from './harness/topology.ts'
import { manyRoutesInOneHost } from './scenarios/many-routes.ts'
import { modelCalls } from './scenarios/model-calls.ts'
import { modelStreams } from './scenarios/model-streams.ts'
import { pacedStreams } from './scenarios/paced-streams.ts'
import { processMemory } from './scenarios/process-memory.ts'
import { proxiedRequests } from './scenarios/proxied-requests.ts'
import { reloadsUnderLoad } from './scenarios/reloads-under-load.ts'
import { startToReady } from './scenarios/start-to-ready.ts'
import { streamInOneSegment } from './scenarios/stream-in-one-segment.ts'
import { workersAgainstOne } from './scenarios/workers-against-one.ts'

const scenarios: readonly Scenario[] = [
  proxiedRequests,
  modelCalls,
  pacedStreams,
  modelStreams,
  streamInOneSegment,
  processMemory,
  startToReady,
  manyRoutesInOneHost,
  reloadsUnderLoad,
  workersAgainstOne,
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '1000000' },
  },
})
const settings = {
  runs: Number(values.runs),
  seconds: Number(values.seconds),
  requests: Number(values.requests),
}
const chosen = scenarios.filter(
  ({ name }) => positionals.length === 0 || positionals.includes(name),
)
if (chosen.length === 0) {
  console.error(`Scenarios: ${scenarios.map(({ name }) => name).join(', ')}`)
  process.exit(1)
}

// What is measured has a core of its own; load written in this program stays off it.
execFileSync('taskset', ['-acp', loadCore, String(process.pid)])

const startedAt = new Date()
const loadAverageBefore = loadavg()[0] ?? 0
const idleTimes = cpus().map((_, core) => watchCore(core))
const measurements: Measurement[] = []
for (const scenario of chosen) {
  console.error(`${scenario.name} …`)
  measurements.push(...(await scenario.run(settings)))
}
console.log(formatTable(measurements, loadAverageBefore > quietLoadAverage))
if (positionals.length === 0) {
  const idlePercent = idleTimes.map((read) => read())
  const loadAverageAfter = loadavg()[0] ?? 0
  keepResults(measurements, { startedAt, loadAverageBefore, loadAverageAfter, idlePercent })
}
