import { cpus } from 'node:os'
import { runWrk } from '../harness/load/wrk.ts'
import type { BenchSettings, Measurement, Scenario } from '../harness/scenario.ts'
import { medianOf } from '../harness/statistics/median.ts'
import { loadCore, measuredCore, startTopology } from '../harness/topology.ts'

const workers = 4
const budget = 3.5
const connections = 128
/** Four workers do the work of 3.5 only if a request costs each of them no more than this many times what it costs one. */
const costBudget = workers / budget
/** The two numbers of workers take turns, since the machine is not equally fast all the time. */
const turns = 2
/** For each worker. */
const warmUpSeconds = 4

interface Cores {
  readonly measured: string
  readonly load: string
}

interface Run {
  readonly requestsPerSecond: number
  readonly cpuMicrosPerRequest: number
}

async function measure(count: number, cores: Cores, settings: BenchSettings): Promise<Run[]> {
  const topology = await startTopology({ workers: count, cores: cores.measured })
  const runs: Run[] = []
  try {
    const load = (seconds: number) =>
      runWrk({
        ...{ url: `${topology.urls.sluice}/plain`, connections, seconds },
        ...{ script: 'chat.lua', core: cores.load, threads: cores.load.split(',').length },
      })
    // Each thread compiles for itself what it runs often.
    await load(warmUpSeconds * count)
    for (let round = 0; round < settings.runs; round++) {
      const before = topology.sluice.cpuMicros()
      const { requests, requestsPerSecond } = await load(settings.seconds)
      const cpuMicrosPerRequest = (topology.sluice.cpuMicros() - before) / requests
      runs.push({ requestsPerSecond, cpuMicrosPerRequest })
    }
    return runs
  } finally {
    await topology.stop()
  }
}

/** What a request costs where all workers share one core: what they do for one another's sake shows, waiting for memory does not. */
async function compareCost(settings: BenchSettings): Promise<Measurement> {
  const cores = { measured: measuredCore, load: loadCore }
  const [one, four]: [Run[], Run[]] = [[], []]
  for (let turn = 0; turn < turns; turn++) {
    one.push(...(await measure(1, cores, settings)))
    four.push(...(await measure(workers, cores, settings)))
  }
  const median = (runs: readonly Run[]) => medianOf(runs.map((run) => run.cpuMicrosPerRequest))
  const ratio = median(four) / median(one)
  return {
    ...{ scenario: `${workers} workers`, figure: 'CPU per request (ratio: one worker)' },
    ...{ unit: 'µs', sluice: median(four), ratio, budget: `≤ ${costBudget.toFixed(2)} × one` },
    holds: ratio <= costBudget,
  }
}

async function compareThroughput(settings: BenchSettings): Promise<Measurement> {
  const texts = { scenario: `${workers} workers`, unit: 'times one', budget: `≥ ${budget}` }
  const figure = 'requests per second'
  const count = cpus().length
  if (count <= workers) {
    const invalid = `not measurable on ${count} cores`
    return { ...texts, figure, sluice: Number.NaN, holds: false, invalid }
  }
  const list = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, core) => from + core).join(',')
  const rate = async (workersNow: number) => {
    const cores = { measured: list(0, workersNow), load: list(workers, count) }
    return medianOf(
      (await measure(workersNow, cores, settings)).map((run) => run.requestsPerSecond),
    )
  }
  const one = await rate(1)
  const sluice = (await rate(workers)) / one
  const invalid = count < 2 * workers ? { invalid: `the load has too few of ${count} cores` } : {}
  return { ...texts, figure, sluice, holds: sluice >= budget, ...invalid }
}

/** How throughput grows with gateway threads, where there are cores for them and the load, and what they cost on one core. */
export const workersAgainstOne: Scenario = {
  name: 'workers',
  async run(settings) {
    return [await compareCost(settings), await compareThroughput(settings)]
  },
}
