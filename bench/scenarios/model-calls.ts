import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runWrk, warmUpSeconds } from '../harness/load/wrk.ts'
import { modelHost } from '../harness/manifests/model-routes.ts'
import { type BenchProcess, watchCore } from '../harness/programs/bench-process.ts'
import { portkeyHeaders, startPortkey } from '../harness/programs/portkey.ts'
import type { BenchSettings, Measurement, Scenario } from '../harness/scenario.ts'
import { medianOf } from '../harness/statistics/median.ts'
import { loadCore, measuredCore, startTopology, type Topology } from '../harness/topology.ts'

const portkeyPort = 19086
const connections = 32
const budgets = { nginx: 4, portkey: 1 / 8 } as const

interface Peer {
  readonly process: BenchProcess
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

type Name = 'nginx' | 'sluice' | 'portkey'

interface Run {
  readonly cpuMicros: number
  readonly requestsPerSecond: number
  readonly loadIdlePercent: number
}

function peersOf(topology: Topology, portkey: BenchProcess): Record<Name, Peer> {
  const { urls, nginx, sluice } = topology
  return {
    nginx: { process: nginx, url: `${urls.nginx}/plain`, headers: {} },
    sluice: { process: sluice, url: `${urls.sluice}/model`, headers: { Host: modelHost } },
    portkey: {
      process: portkey,
      url: `http://127.0.0.1:${portkeyPort}/v1/chat/completions`,
      headers: portkeyHeaders(new URL(urls.direct).host),
    },
  }
}

/** Calls a peer for some seconds as 1,000 callers. */
async function measureOnce(topology: Topology, peer: Peer, seconds: number): Promise<Run> {
  const headerFile = join(topology.folder, 'headers.txt')
  const lines = Object.entries(peer.headers).map(([name, value]) => `${name}: ${value}`)
  writeFileSync(headerFile, lines.join('\n'))
  const before = peer.process.cpuMicros()
  const loadIdle = watchCore(Number(loadCore))
  const result = await runWrk({
    ...{ url: peer.url, connections, seconds, script: 'model-calls.lua', core: loadCore },
    environment: { BENCH_TOKENS: topology.tokenFile, BENCH_HEADERS: headerFile },
  })
  if (result.wrong > 0) throw new Error(`${result.wrong} wrong answers at ${peer.url}.`)
  return {
    cpuMicros: (peer.process.cpuMicros() - before) / result.requests,
    requestsPerSecond: result.requestsPerSecond,
    loadIdlePercent: loadIdle(),
  }
}

async function measure(topology: Topology, peers: Record<Name, Peer>, settings: BenchSettings) {
  const runs: Record<Name, Run[]> = { nginx: [], sluice: [], portkey: [] }
  const names = Object.keys(runs) as Name[]
  for (const name of names) await measureOnce(topology, peers[name], warmUpSeconds)
  for (let round = 0; round < settings.runs; round++) {
    for (const name of names) {
      runs[name].push(await measureOnce(topology, peers[name], settings.seconds))
    }
  }
  return runs
}

function report(runs: Record<Name, Run[]>): Measurement[] {
  const median = (name: Name, key: keyof Run) => medianOf(runs[name].map((run) => run[key]))
  const [nginx, sluice, portkey] = [
    median('nginx', 'cpuMicros'),
    median('sluice', 'cpuMicros'),
    median('portkey', 'cpuMicros'),
  ]
  const cpu = { scenario: 'model route', unit: 'µs', sluice }
  return [
    {
      ...{ ...cpu, figure: 'CPU per request', nginx, ratio: sluice / nginx },
      ...{ budget: `≤ ${budgets.nginx} × nginx`, holds: sluice / nginx <= budgets.nginx },
    },
    {
      ...{ ...cpu, figure: `CPU per request, Portkey ${portkey.toFixed(0)} µs (ratio: Portkey)` },
      ...{ ratio: sluice / portkey, budget: '≤ ⅛ × Portkey' },
      holds: sluice / portkey <= budgets.portkey,
    },
    {
      ...{ scenario: 'model route', figure: 'requests per second', unit: '/s' },
      ...{ budget: '–', holds: true },
      nginx: median('nginx', 'requestsPerSecond'),
      sluice: median('sluice', 'requestsPerSecond'),
      ratio: median('sluice', 'requestsPerSecond') / median('nginx', 'requestsPerSecond'),
    },
  ]
}

/** Calls to a model: a JWT of each of 1,000 callers, RBAC, a token limit, usage, metrics and the access log. */
export const modelCalls: Scenario = {
  name: 'models',
  async run(settings) {
    const topology = await startTopology({ models: true })
    const portkey = await startPortkey(measuredCore, portkeyPort)
    try {
      return report(await measure(topology, peersOf(topology, portkey), settings))
    } finally {
      await portkey.stop()
      await topology.stop()
    }
  },
}
