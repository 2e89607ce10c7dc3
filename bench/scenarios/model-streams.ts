import { readFileSync } from 'node:fs'
import {
  measurePaced,
  type PacedRun,
  type PacedTarget,
  pacedLoad,
} from '../harness/load/paced-load.ts'
import { chatHead } from '../harness/load/requests.ts'
import { modelHost } from '../harness/manifests/model-routes.ts'
import type { Measurement, Scenario } from '../harness/scenario.ts'
import { medianOf } from '../harness/statistics/median.ts'
import { startTopology, type Topology } from '../harness/topology.ts'

type Name = 'nginx' | 'relayed' | 'guarded'

const requestBody = JSON.stringify({
  model: 'gpt-4o-mini',
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: 'user', content: 'x'.repeat(80) }],
})
const guardBudgetMicros = 10

function targetsOf({ urls, nginx, sluice, tokenFile }: Topology): Record<Name, PacedTarget> {
  const token = readFileSync(tokenFile, 'utf8').split('\n')[0] ?? ''
  const through = (path: string) => ({
    ...{ url: urls.sluice, requestBody, process: sluice },
    head: chatHead(path, modelHost, [`Authorization: Bearer ${token}`]),
  })
  return {
    nginx: { url: urls.nginx, head: chatHead('/events'), requestBody, process: nginx },
    relayed: through('/relayed'),
    guarded: through('/guarded'),
  }
}

function report(runs: Record<Name, PacedRun[]>): Measurement[] {
  const scenario = `${pacedLoad.streams} model streams`
  const median = (name: Name) => medianOf(runs[name].map((run) => run.cpuMicrosPerEvent))
  const lost = (name: Name) => runs[name].reduce((sum, { incomplete }) => sum + incomplete, 0)
  const [nginx, relayed, guarded] = [median('nginx'), median('relayed'), median('guarded')]
  const micros = { scenario, unit: 'µs' }
  const added = guarded - relayed
  return [
    {
      ...{ scenario, figure: 'incomplete streams', unit: 'of all', budget: '0' },
      ...{ nginx: lost('nginx'), sluice: lost('relayed') + lost('guarded') },
      holds: lost('relayed') + lost('guarded') === 0,
    },
    {
      ...{ ...micros, figure: 'CPU per event, relayed', nginx, sluice: relayed },
      ...{ ratio: relayed / nginx, budget: '≤ 2 × nginx', holds: relayed / nginx <= 2 },
    },
    {
      ...{ ...micros, figure: 'CPU per event, more when guarded', sluice: added },
      ...{ budget: `≤ ${guardBudgetMicros} µs`, holds: added <= guardBudgetMicros },
    },
  ]
}

/** Slow streams of a model at once, with usage read from them; then with a guard of 30 patterns and every built-in one. */
export const modelStreams: Scenario = {
  name: 'model-streams',
  async run(settings) {
    const topology = await startTopology({ models: true })
    const targets = targetsOf(topology)
    const runs: Record<Name, PacedRun[]> = { nginx: [], relayed: [], guarded: [] }
    const names = Object.keys(runs) as Name[]
    try {
      for (const name of ['relayed', 'guarded'] as const) await measurePaced(targets[name])
      for (let round = 0; round < settings.runs; round++) {
        for (const name of names) runs[name].push(await measurePaced(targets[name]))
      }
      return report(runs)
    } finally {
      await topology.stop()
    }
  },
}
