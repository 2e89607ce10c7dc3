import { measureChange, underLoad } from '../harness/change-in-force.ts'
import { chatBody, chatHead, runLoad } from '../harness/load/requests.ts'
import { connectKube, type KubeApplier } from '../harness/manifests/kube-applier.ts'
import {
  delegatingRoutes,
  manyRoutes,
  type RouteKind,
  requestTo,
  routeKinds,
  routeTable,
} from '../harness/manifests/route-manifests.ts'
import type { BenchSettings, Measurement, Scenario } from '../harness/scenario.ts'
import { medianOf } from '../harness/statistics/median.ts'
import { loadCore, measuredCore, startTopology, type Topology } from '../harness/topology.ts'

const few = { domain: 'few.bench.test', perKind: 3 }
const many = { domain: 'many.bench.test', perKind: 2500 }
const tables = { domain: 'tables.bench.test', count: 100, perTable: 100 }
const scenario = '10,000 routes'

async function cpuPerRequest(
  { sluice, urls }: Topology,
  domain: string,
  { kind, index }: { readonly kind: RouteKind; readonly index: number },
): Promise<number> {
  const { path, headers } = requestTo(kind, index)
  const head = chatHead(path, domain, headers)
  const cpuBefore = sluice.cpuMicros()
  const load = { url: urls.sluice, connections: 16, head, requestBody: chatBody }
  const { samples } = await runLoad(load, 1)
  const cpu = sluice.cpuMicros() - cpuBefore
  const wrong = samples.find(({ status }) => status !== 200)
  if (wrong !== undefined) throw new Error(`${domain}${path} answers ${wrong.status}.`)
  return cpu / samples.length
}

/** The first, the middle and the last of each kind of route, each beside the same of ten routes. */
async function measureMatching(topology: Topology, settings: BenchSettings) {
  const measurements: Measurement[] = []
  for (const kind of routeKinds) {
    for (const [place, index] of [
      ['first', 0],
      ['middle', 1250],
      ['last', 2499],
    ] as const) {
      const ratios: number[] = []
      const micros: number[] = []
      for (let round = 0; round < settings.runs; round++) {
        const beside = await cpuPerRequest(topology, few.domain, { kind, index: 1 })
        const measured = await cpuPerRequest(topology, many.domain, { kind, index })
        micros.push(measured)
        ratios.push(measured / beside)
      }
      const ratio = medianOf(ratios)
      measurements.push({
        scenario,
        ...{ figure: `CPU, ${place} ${kind} route (ratio: ten routes)`, unit: 'µs' },
        ...{ sluice: medianOf(micros), ratio, budget: '≤ 1.5 × ten', holds: ratio <= 1.5 },
      })
    }
  }
  return measurements
}

interface Change {
  /** Milliseconds until the change is in force; undefined: loading everything at once has no budget. */
  readonly budgetMs?: number
  readonly host: string
  readonly markerPath: string
  readonly apply: (marker: string) => Promise<unknown>
}

async function measureChanges(topology: Topology, what: string, change: Change, runs: number) {
  const { sluice: url } = topology.urls
  const changes = []
  const delays: number[] = []
  const quiet: number[] = []
  for (let round = 0; round < runs; round++) {
    const marker = `${what} ${round}`
    // Half of what the gateway can answer: a core with no room left measures its own queue.
    const load = { url, connections: 16, pauseMs: 2 }
    const before = await underLoad(load, () => pause(500))
    const during = await underLoad(load, async () => {
      const times = await measureChange({
        url,
        marker,
        ...change,
        apply: () => change.apply(marker),
      })
      await pause(300)
      return times
    })
    if (during.totals.lost > 0) throw new Error(`${during.totals.lost} requests were lost.`)
    changes.push(during.value)
    quiet.push(Math.max(...before.samples.map(({ durationMs }) => durationMs)))
    delays.push(Math.max(...during.samples.map(({ durationMs }) => durationMs)))
  }
  const fromStart = medianOf(changes.map(({ fromStartMs }) => fromStartMs))
  const fromAnswer = medianOf(changes.map(({ fromAnswerMs }) => fromAnswerMs))
  const delay = medianOf(delays)
  const texts = { scenario: `change of ${what}`, unit: 'ms' }
  const { budgetMs = Number.POSITIVE_INFINITY } = change
  const budget = change.budgetMs === undefined ? '–' : `≤ ${change.budgetMs} ms`
  return [
    {
      ...{ ...texts, figure: 'in force after the write began', sluice: fromStart },
      ...{ budget, holds: fromStart <= budgetMs },
    },
    {
      ...{ ...texts, figure: 'in force after its answer', sluice: fromAnswer },
      ...{ budget, holds: fromAnswer <= budgetMs },
    },
    {
      ...{ ...texts, figure: 'slowest request meanwhile (ratio: without)', sluice: delay },
      ...{ ratio: delay / medianOf(quiet), budget: '≤ 20 ms', holds: delay <= 20 },
    },
  ]
}

/** What a change of routes that are there may take. */
const changed = { budgetMs: 200 } as const

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function applyTables(kube: KubeApplier): Promise<void> {
  for (let index = 0; index < tables.count; index++) {
    await kube.apply(routeTable(index, tables.perTable, 'none'))
  }
  await kube.apply(delegatingRoutes('tables', tables.domain, tables.count))
}

/** 10,000 routes in one virtual host: the cost of matching, and of a change. */
export const manyRoutesInOneHost: Scenario = {
  name: 'routes',
  async run(settings) {
    // Control and the gateway's thread each have a core, as where a gateway is run: what is measured is not their contention.
    const topology = await startTopology({ cores: `${measuredCore},${loadCore}` })
    const kube = connectKube(topology.sluice.dataFolder, topology.sluice.kubePort)
    const applyMany = (marker: string) =>
      kube.apply(manyRoutes('many', many.domain, many.perKind, marker))
    try {
      await kube.apply(manyRoutes('few', few.domain, few.perKind, 'few'))
      const first = await measureChanges(
        topology,
        'none to 10,000 routes',
        { host: many.domain, markerPath: '/marker', apply: applyMany },
        1,
      )
      await pause(2000)
      const matching = await measureMatching(topology, settings)
      const inOneObject = await measureChanges(
        topology,
        '10,000 routes in one VirtualService',
        { ...changed, host: many.domain, markerPath: '/marker', apply: applyMany },
        settings.runs,
      )
      await applyTables(kube)
      await pause(2000)
      const inTables = await measureChanges(
        topology,
        'one of 100 RouteTables of 100 routes',
        {
          ...{ ...changed, host: tables.domain, markerPath: '/table/7/marker' },
          apply: (marker) => kube.apply(routeTable(7, tables.perTable, marker)),
        },
        settings.runs,
      )
      return [...matching, ...first, ...inOneObject, ...inTables]
    } finally {
      kube.close()
      await topology.stop()
    }
  },
}
