import { parseArgs } from 'node:util'
import { formatTable, keepResults } from './harness/report.ts'
import type { Measurement, Scenario } from './harness/scenario.ts'
import { proxiedRequests } from './scenarios/proxied-requests.ts'

const scenarios: readonly Scenario[] = [proxiedRequests]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
  },
})
const settings = { runs: Number(values.runs), seconds: Number(values.seconds) }
const chosen = scenarios.filter(
  ({ name }) => positionals.length === 0 || positionals.includes(name),
)
if (chosen.length === 0) {
  console.error(`Scenarios: ${scenarios.map(({ name }) => name).join(', ')}`)
  process.exit(1)
}

const startedAt = new Date()
const measurements: Measurement[] = []
for (const scenario of chosen) {
  console.error(`${scenario.name} …`)
  measurements.push(...(await scenario.run(settings)))
}
console.log(formatTable(measurements))
if (positionals.length === 0) keepResults(measurements, startedAt)
