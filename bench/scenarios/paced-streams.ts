import { medianOf } from '../harness/median.ts'
import { percentileOf } from '../harness/percentile.ts'
import { watchCore } from '../harness/process.ts'
import { chatBody, chatHead, runLoad } from '../harness/requests.ts'
import type { Measurement, Scenario } from '../harness/scenario.ts'
import {
  loadCore,
  measuredCore,
  startTopology,
  type Target,
  type Topology,
} from '../harness/topology.ts'

const streams = 512
const eventsPerStream = 64
const streamMs = eventsPerStream * 20
const rounds = 3
/** Below this on either core, what is measured are queues of the machine. */
const minimumIdlePercent = 5
const targets: readonly Target[] = ['direct', 'nginx', 'sluice']

interface Run {
  readonly cpuMicrosPerEvent: number
  readonly firstEventP50Ms: number
  readonly firstEventP99Ms: number
  readonly incomplete: number
  readonly measuredIdlePercent: number
  readonly loadIdlePercent: number
}

const countEvents = (body: string) => body.split('data: ').length - 1

async function measureOnce(topology: Topology, target: Target): Promise<Run> {
  const measured = target === 'direct' ? undefined : topology[target]
  const cpuBefore = measured?.cpuMicros() ?? 0
  const cores = [watchCore(Number(measuredCore)), watchCore(Number(loadCore))] as const
  const { samples, totals } = await runLoad({
    url: target === 'direct' ? topology.urls.events : topology.urls[target],
    head: chatHead(target === 'direct' ? '/v1/events' : '/events'),
    requestBody: chatBody,
    connections: streams,
    rampMs: streamMs,
    requestsPerConnection: rounds,
  })
  const cpu = (measured?.cpuMicros() ?? 0) - cpuBefore
  const complete = samples.filter(
    ({ status, body }) => status === 200 && countEvents(body) === eventsPerStream,
  )
  const firstEvents = samples.map(({ firstByteMs }) => firstByteMs)
  return {
    cpuMicrosPerEvent: cpu / (totals.sent * eventsPerStream),
    firstEventP50Ms: percentileOf(firstEvents, 50),
    firstEventP99Ms: percentileOf(firstEvents, 99),
    incomplete: totals.sent - complete.length,
    measuredIdlePercent: cores[0](),
    loadIdlePercent: cores[1](),
  }
}

function report(runs: Readonly<Record<Target, readonly Run[]>>): Measurement[] {
  const scenario = `${streams} paced streams`
  const median = (target: Target, key: keyof Run) => medianOf(runs[target].map((run) => run[key]))
  const incomplete = runs.sluice.reduce((sum, run) => sum + run.incomplete, 0)
  const nginxCpu = median('nginx', 'cpuMicrosPerEvent')
  const cpu = median('sluice', 'cpuMicrosPerEvent')
  const added = (target: Target, key: keyof Run) => median(target, key) - median('direct', key)
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
    const runs: Record<Target, Run[]> = { direct: [], nginx: [], sluice: [] }
    try {
      await measureOnce(topology, 'sluice')
      for (let round = 0; round < settings.runs; round++) {
        for (const target of targets) runs[target].push(await measureOnce(topology, target))
      }
      return report(runs)
    } finally {
      await topology.stop()
    }
  },
}
