import {
  measurePaced,
  type PacedRun,
  type PacedTarget,
  pacedLoad,
} from '../harness/load/paced-load.ts'
import { chatBody, chatHead } from '../harness/load/requests.ts'
import type { Measurement, Scenario } from '../harness/scenario.ts'
import { medianOf } from '../harness/statistics/median.ts'
import { startTopology, type Target, type Topology } from '../harness/topology.ts'

/** Below this on either core, what is measured are queues of the machine. */
const minimumIdlePercent = 5
const targets: readonly Target[] = ['direct', 'nginx', 'sluice']

const targetOf = (topology: Topology, target: Target): PacedTarget => ({
  url: target === 'direct' ? topology.urls.events : topology.urls[target],
  head: chatHead(target === 'direct' ? '/v1/events' : '/events'),
  requestBody: chatBody,
  process: target === 'direct' ? undefined : topology[target],
})

function report(runs: Readonly<Record<Target, readonly PacedRun[]>>): Measurement[] {
  const scenario = `${pacedLoad.streams} paced streams`
  const median = (target: Target, key: keyof PacedRun) =>
    medianOf(runs[target].map((run) => run[key]))
  const incomplete = runs.sluice.reduce((sum, run) => sum + run.incomplete, 0)
  const nginxCpu = median('nginx', 'cpuMicrosPerEvent')
  const cpu = median('sluice', 'cpuMicrosPerEvent')
  const added = (target: Target, key: keyof PacedRun) => median(target, key) - median('direct', key)
  const saturated = (['loadIdlePercent', 'measuredIdlePercent'] as const).some(
    (key) => median('sluice', key) < minimumIdlePercent,
  )
  const addedP99 = added('sluice', 'firstEventP99Ms')
  return [
    {
      ...{ scenario, figure: 'incomplete streams', unit: 'of all', budget: '0' },
      ...{ sluice: incomplete, holds: incomplete === 0 },
      nginx: runs.nginx.reduce((sum, run) => sum + run.incomplete, 0),
    },
    {
      ...{ scenario, figure: 'CPU per event', unit: 'µs', budget: '≤ 2 × nginx' },
      ...{ nginx: nginxCpu, sluice: cpu, ratio: cpu / nginxCpu, holds: cpu / nginxCpu <= 2 },
    },
    {
      ...{ scenario, figure: 'added to first event, p50', unit: 'ms', budget: '–', holds: true },
      nginx: added('nginx', 'firstEventP50Ms'),
      sluice: added('sluice', 'firstEventP50Ms'),
    },
    {
      ...{ scenario, figure: 'added to first event, p99', unit: 'ms', budget: '≤ 1 ms' },
      ...{ direct: median('direct', 'firstEventP99Ms'), nginx: added('nginx', 'firstEventP99Ms') },
      ...{ sluice: addedP99, holds: addedP99 <= 1 },
      ...(saturated ? { invalid: 'a core had no idle time' } : {}),
    },
  ]
}

/** Many slow streams at once, each event in a write of its own. */
export const pacedStreams: Scenario = {
  name: 'streams',
  async run(settings) {
    const topology = await startTopology()
    const runs: Record<Target, PacedRun[]> = { direct: [], nginx: [], sluice: [] }
    try {
      await measurePaced(targetOf(topology, 'sluice'))
      for (let round = 0; round < settings.runs; round++) {
        for (const target of targets)
          runs[target].push(await measurePaced(targetOf(topology, target)))
      }
      return report(runs)
    } finally {
      await topology.stop()
    }
  },
}
