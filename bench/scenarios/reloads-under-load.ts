import { measureChange, underLoad } from '../harness/change-in-force.ts'
import { connectKube } from '../harness/manifests/kube-applier.ts'
import { manyRoutes } from '../harness/manifests/route-manifests.ts'
import type { Scenario } from '../harness/scenario.ts'
import { percentileOf } from '../harness/statistics/percentile.ts'
import { startTopology, type Topology } from '../harness/topology.ts'

const reloads = 50
const domain = 'reload.bench.test'

/** Requests that the upstream has answered so far, as it counts them. */
async function upstreamRequests(topology: Topology): Promise<number> {
  const text = await (await fetch(`${topology.urls.direct}/requests-seen`)).text()
  return Number(/^\s*\d+ \d+ (\d+)/m.exec(text)?.[1] ?? Number.NaN)
}

async function reloadRepeatedly(topology: Topology): Promise<void> {
  const kube = connectKube(topology.sluice.dataFolder, topology.sluice.kubePort)
  for (let round = 0; round < reloads; round++) {
    const marker = `reload ${round}`
    await measureChange({
      ...{ url: topology.urls.sluice, host: domain, markerPath: '/marker', marker },
      apply: () => kube.apply(manyRoutes('reload', domain, 10, marker)),
    })
  }
  kube.close()
}

/** 50 changes, each in force before the next is written, while 32 connections are kept busy. */
export const reloadsUnderLoad: Scenario = {
  name: 'reload',
  async run() {
    const topology = await startTopology()
    const load = { url: topology.urls.sluice }
    try {
      await underLoad(load, () => new Promise((resolve) => setTimeout(resolve, 3000)))
      const seenBefore = await upstreamRequests(topology)
      const startedAt = performance.now()
      const during = await underLoad(load, () => reloadRepeatedly(topology))
      const tookMs = performance.now() - startedAt
      const seen = (await upstreamRequests(topology)) - seenBefore - 1
      const without = await underLoad(
        load,
        () => new Promise((resolve) => setTimeout(resolve, tookMs)),
      )
      const failed = during.samples.filter(({ status }) => status !== 200).length
      const lost = during.totals.lost + failed
      const slowest = (samples: typeof during.samples, percent: number) =>
        percentileOf(
          samples.map(({ durationMs }) => durationMs),
          percent,
        )
      const scenario = `${reloads} reloads under load`
      const compare = (figure: string, percent: number) => {
        const sluice = slowest(during.samples, percent)
        const ratio = sluice / slowest(without.samples, percent)
        return {
          ...{ scenario, figure: `${figure} (ratio: without reloads)`, unit: 'ms' },
          ...{ sluice, ratio, budget: '–', holds: true },
        }
      }
      return [
        {
          ...{ scenario, figure: 'lost or failed requests', unit: `of ${during.totals.sent}` },
          ...{ sluice: lost, budget: '0', holds: lost === 0 },
        },
        {
          ...{ scenario, figure: 'requests the upstream saw beside those answered', unit: '' },
          sluice: seen - during.totals.answered,
          ...{ budget: '0', holds: seen === during.totals.answered },
        },
        compare('p99', 99),
        compare('slowest', 100),
      ]
    } finally {
      await topology.stop()
    }
  },
}
