import { medianOf } from '../harness/median.ts'
import type { BenchSettings, Measurement, Scenario } from '../harness/scenario.ts'
import { loadCore, startTopology, type Topology } from '../harness/topology.ts'
import { runWrk } from '../harness/wrk.ts'

const megabyte = 1024 * 1024
const budgets = { oneWorker: 200, furtherWorker: 45, growth: 2 } as const
const moreWorkers = 3

/** Resident megabytes while `requests` are answered: the median of what was seen, as collections come and go. */
async function megabytesDuring(topology: Topology, requests: number): Promise<number> {
  const seen: number[] = []
  const timer = setInterval(() => seen.push(topology.sluice.residentBytes() / megabyte), 100)
  let answered = 0
  while (answered < requests) {
    const { requests: more } = await runWrk({
      ...{ url: `${topology.urls.sluice}/plain`, connections: 32, seconds: 1 },
      ...{ script: 'chat.lua', core: loadCore },
    })
    answered += more
  }
  clearInterval(timer)
  return medianOf(seen)
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
    await megabytesDuring(topology, requests / 10 - 30_000)
    const early = await megabytesDuring(topology, 30_000)
    await megabytesDuring(topology, requests * 0.9 - 30_000)
    const late = await megabytesDuring(topology, 30_000)
    return { started, early, late }
  })
}

/** Resident memory of the whole process. */
export const processMemory: Scenario = {
  name: 'memory',
  async run(settings) {
    const one = await measureOneWorker(settings)
    const measureShort = (topology: Topology) => megabytesDuring(topology, 50_000)
    const single = await withTopology(1, measureShort)
    const several = await withTopology(1 + moreWorkers, measureShort)
    const growth = `growth from request ${settings.requests / 10} to ${settings.requests}`
    return [
      compare('RSS at start, one worker', one.started, budgets.oneWorker),
      compare('RSS under load, one worker', Math.max(one.early, one.late), budgets.oneWorker),
      compare('per further worker', (several - single) / moreWorkers, budgets.furtherWorker),
      compare(growth, one.late - one.early, budgets.growth),
    ]
  },
}
