import { cpus } from 'node:os'
import { runWrk } from '../harness/load/wrk.ts'
import type { BenchSettings, Scenario } from '../harness/scenario.ts'
import { medianOf } from '../harness/statistics/median.ts'
import { startTopology } from '../harness/topology.ts'

const workers = 4
const budget = 3.5

async function requestsPerSecond(count: number, settings: BenchSettings): Promise<number> {
  const cores = Array.from({ length: count }, (_, core) => core).join(',')
  const others = cpus()
    .map((_, core) => core)
    .slice(workers)
    .join(',')
  const topology = await startTopology({ workers: count, cores })
  try {
    const rates: number[] = []
    for (let round = 0; round <= settings.runs; round++) {
      const { requestsPerSecond: rate } = await runWrk({
        ...{ url: `${topology.urls.sluice}/plain`, connections: 128, seconds: settings.seconds },
        ...{ script: 'chat.lua', core: others, threads: Math.max(1, cpus().length - workers) },
      })
      if (round > 0) rates.push(rate)
    }
    return medianOf(rates)
  } finally {
    await topology.stop()
  }
}

/** How throughput grows with gateway threads; the load needs cores of its own beside them. */
export const workersAgainstOne: Scenario = {
  name: 'workers',
  async run(settings) {
    const texts = { scenario: `${workers} workers`, unit: 'times one', budget: `≥ ${budget}` }
    const figure = 'requests per second'
    const cores = cpus().length
    if (cores < workers) {
      const invalid = `not measurable on ${cores} cores`
      return [{ ...texts, figure, sluice: Number.NaN, holds: false, invalid }]
    }
    const shared = cores < 2 * workers
    const one = await requestsPerSecond(1, settings)
    const sluice = (await requestsPerSecond(workers, settings)) / one
    const invalid = shared ? { invalid: `the load shares the ${cores} cores` } : {}
    return [{ ...texts, figure, sluice, holds: sluice >= budget, ...invalid }]
  },
}
