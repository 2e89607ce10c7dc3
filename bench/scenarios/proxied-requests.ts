import { runWrk, warmUpSeconds } from '../harness/load/wrk.ts'
import { watchCore } from '../harness/programs/bench-process.ts'
import type { BenchSettings, Measurement, Scenario } from '../harness/scenario.ts'
import { medianOf } from '../harness/statistics/median.ts'
import { loadCore, startTopology, type Target, type Topology } from '../harness/topology.ts'

interface Run {
  readonly requestsPerSecond: number
  readonly cpuMicrosPerRequest: number
  readonly p50Micros: number
  readonly p99Micros: number
  readonly loadIdlePercent: number
}

/** Below this the load generator is the bottleneck and requests per second say nothing. */
const minimumLoadIdlePercent = 5

async function measureOnce(
  topology: Topology,
  target: Target,
  path: string,
  load: { readonly connections: number; readonly seconds: number },
): Promise<Run> {
  const measured = target === 'direct' ? undefined : topology[target]
  const url = `${topology.urls[target]}${target === 'direct' ? '/v1/chat/completions' : path}`
  const cpuBefore = measured?.cpuMicros() ?? 0
  const loadIdlePercent = watchCore(Number(loadCore))
  const result = await runWrk({ url, ...load, script: 'chat.lua', core: loadCore })
  const idlePercent = loadIdlePercent()
  const cpuAfter = measured?.cpuMicros() ?? 0
  if (result.wrong > 0) throw new Error(`${target} gave ${result.wrong} wrong answers at ${url}.`)
  return {
    requestsPerSecond: result.requestsPerSecond,
    cpuMicrosPerRequest: (cpuAfter - cpuBefore) / result.requests,
    p50Micros: result.p50Micros,
    p99Micros: result.p99Micros,
    loadIdlePercent: idlePercent,
  }
}

async function measure(
  topology: Topology,
  path: string,
  connections: number,
  settings: BenchSettings,
): Promise<Record<Target, Run[]>> {
  const targets: Target[] = path === '/secure' ? ['nginx', 'sluice'] : ['direct', 'nginx', 'sluice']
  const runs: Record<Target, Run[]> = { direct: [], nginx: [], sluice: [] }
  for (const target of targets)
    await measureOnce(topology, target, path, { connections, seconds: warmUpSeconds })
  for (let round = 0; round < settings.runs; round++) {
    for (const target of targets) {
      const { seconds } = settings
      runs[target].push(await measureOnce(topology, target, path, { connections, seconds }))
    }
  }
  return runs
}

function compare(
  runs: Record<Target, Run[]>,
  key: keyof Run,
  texts: { readonly scenario: string; readonly figure: string; readonly unit: string },
  limit: { readonly budget: string; readonly ratio?: number; readonly absolute?: number },
): Measurement {
  const median = (target: Target) => medianOf(runs[target].map((run) => run[key]))
  const ratio = median('sluice') / median('nginx')
  const saturated = runs.sluice.some(
    (run) => key === 'requestsPerSecond' && run.loadIdlePercent < minimumLoadIdlePercent,
  )
  return {
    ...texts,
    ...(runs.direct.length > 0 ? { direct: median('direct') } : {}),
    nginx: median('nginx'),
    sluice: median('sluice'),
    ratio,
    budget: limit.budget,
    holds:
      (limit.ratio === undefined || ratio <= limit.ratio) &&
      (limit.absolute === undefined || median('sluice') <= limit.absolute),
    ...(saturated ? { invalid: 'the load generator was at its limit' } : {}),
  }
}

/** Plain route, HTTPS upstream and one connection, each beside nginx on the same core in the same run. */
export const proxiedRequests: Scenario = {
  name: 'requests',
  async run(settings) {
    const topology = await startTopology()
    try {
      const plain = await measure(topology, '/plain', 32, settings)
      const secure = await measure(topology, '/secure', 32, settings)
      const single = await measure(topology, '/plain', 1, settings)
      const cpu = { figure: 'CPU per request', unit: 'µs' }
      const rate = { figure: 'requests per second', unit: '/s' }
      const budget = { budget: '≤ 2.5 × nginx', ratio: 2.5 }
      const none = { budget: '–' }
      return [
        compare(plain, 'cpuMicrosPerRequest', { scenario: 'plain route', ...cpu }, budget),
        compare(plain, 'requestsPerSecond', { scenario: 'plain route', ...rate }, none),
        compare(secure, 'cpuMicrosPerRequest', { scenario: 'HTTPS upstream', ...cpu }, budget),
        compare(secure, 'requestsPerSecond', { scenario: 'HTTPS upstream', ...rate }, none),
        compare(
          single,
          'p50Micros',
          { scenario: 'one connection', figure: 'p50', unit: 'µs' },
          { budget: '≤ 1.3 × nginx', ratio: 1.3 },
        ),
        compare(
          single,
          'p99Micros',
          { scenario: 'one connection', figure: 'p99', unit: 'µs' },
          { budget: '≤ 1 ms', absolute: 1000 },
        ),
      ]
    } finally {
      await topology.stop()
    }
  },
}
