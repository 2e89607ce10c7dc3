import { runWrk } from '../harness/load/wrk.ts'
import type { BenchSettings, Measurement, Scenario } from '../harness/scenario.ts'
import { medianOf } from '../harness/statistics/median.ts'
import { loadCore, startTopology, type Topology } from '../harness/topology.ts'

const megabyte = 1024 * 1024
const budgets = { oneWorker: 200, furtherWorker: 45, growth: 2 } as const
const moreWorkers = 3

const runLoadFor = (topology: Topology, seconds: number) =>
  runWrk({
    ...{ url: `${topology.urls.sluice}/plain`, connections: 32, seconds },
    ...{ script: 'chat.lua', core: loadCore },
  })

interface Watched {
  /** Resident megabytes, evenly spread over the time. */
  readonly megabytes: readonly number[]
  readonly requests: number
}

/** Watches the memory while 32 connections that stay open are answered. */
async function watchMemory(topology: Topology, seconds: number): Promise<Watched> {
  const megabytes: number[] = []
  const sample = () => megabytes.push(topology.sluice.residentBytes() / megabyte)
  const timer = setInterval(sample, 100)
  const { requests } = await runLoadFor(topology, seconds)
  clearInterval(timer)
  return { megabytes, requests }
}

/** The median between two shares of the requests, as memory comes and goes with each collection. */
function megabytesBetween({ megabytes }: Watched, from: number, to: number): number {
  const { length } = megabytes
  return medianOf(megabytes.slice(Math.floor(from * length), Math.ceil(to * length)))
}

async function withTopology<Value>(
  workers: number,
  measure: (topology: Topology) => Promise<Value>,
): Promise<Value> {
  const topology = await startTopology({ workers })
  try {
    return await measure(topology)
  } finally {
    await topology.stop()
  }
}

function compare(figure: string, megabytes: number, budget: number): Measurement {
  return {
    ...{ scenario: 'memory', figure, unit: 'MB', sluice: megabytes },
    ...{ budget: `≤ ${budget} MB`, holds: megabytes <= budget },
  }
}

async function measureOneWorker({ requests }: BenchSettings) {
  return withTopology(1, async (topology) => {
    const started = topology.sluice.residentBytes() / megabyte
    const { requestsPerSecond } = await runLoadFor(topology, 2)
    const watched = await watchMemory(topology, Math.ceil(requests / requestsPerSecond))
    const early = megabytesBetween(watched, 0.08, 0.12)
    const late = megabytesBetween(watched, 0.96, 1)
    return { started, early, late, requests: watched.requests }
  })
}

/** Resident memory of the whole process. */
export const processMemory: Scenario = {
  name: 'memory',
  async run(settings) {
    const one = await measureOneWorker(settings)
    const measureShort = async (topology: Topology) =>
      medianOf((await watchMemory(topology, 3)).megabytes)
    const single = await withTopology(1, measureShort)
    const several = await withTopology(1 + moreWorkers, measureShort)
    const growth = `growth from request ${Math.round(one.requests / 10)} to ${one.requests}`
    return [
      compare('RSS at start, one worker', one.started, budgets.oneWorker),
      compare('RSS under load, one worker', Math.max(one.early, one.late), budgets.oneWorker),
      compare('per further worker', (several - single) / moreWorkers, budgets.furtherWorker),
      compare(growth, one.late - one.early, budgets.growth),
    ]
  },
}
