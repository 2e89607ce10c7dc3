import { connect } from 'node:net'
import { callHttp } from '../harness/http-call.ts'
import { KubeClient } from '../harness/kube-client.ts'
import { readAccessLog, type SluiceProcess, startSluice } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'

/** Where a connection's bytes went and how it ended. */
interface Conversation {
  readonly answer: string
  /** Whether the gateway closed the connection; false when the caller had to. */
  readonly closed: boolean
}

/** A whole Sluice with routes, and what can be seen of it from outside. */
export interface HostileGateway {
  readonly sluice: SluiceProcess
  readonly kube: KubeClient
  readonly address: string
  readonly port: number
  /** Writes bytes as they are, each part when something came back for the one before. */
  talk(...parts: readonly string[]): Promise<Conversation>
  /** The sum of a metric's samples whose line holds every one of `labels`. */
  metric(name: string, ...labels: readonly string[]): Promise<number>
  /** The first line of the access log, after `from` lines, of which `matches` holds. */
  logLine(matches: (line: LogLine) => boolean, from?: number): Promise<LogLine>
  logLength(): number
  stop(): Promise<void>
}

type LogLine = Readonly<Record<string, unknown>>

/** How long a connection may stay open before a test calls it hanging. */
const patienceMs = 4000

/** Starts Sluice, applies `manifests`, and resolves when the gateway's port answers. */
export async function startHostileGateway(
  manifests: string,
  flags: readonly string[] = [],
): Promise<HostileGateway> {
  const sluice = await startSluice({ flags: ['--allow-loopback-upstreams', ...flags] })
  const kube = new KubeClient(sluice)
  await kube.apply(manifests)
  const address = await kube.serviceAddress('gloo-system', 'gateway-proxy')
  const port = 80
  const isServed = () =>
    callHttp({ address, port, path: '/ready' }).then(
      ({ status }) => status === 204,
      () => false,
    )
  await waitUntil('the routes', isServed)
  return {
    ...{ sluice, kube, address, port },
    talk: (...parts) => talk({ host: address, port }, parts),
    metric: (name, ...labels) => readMetric(sluice.adminPort, name, labels),
    logLine: (matches, from = 0) =>
      waitUntil('a line of the access log', () => readAccessLog(sluice).slice(from).find(matches)),
    logLength: () => readAccessLog(sluice).length,
    stop: async () => {
      await sluice.stop()
    },
  }
}

function talk(
  target: { readonly host: string; readonly port: number },
  [first = '', ...rest]: readonly string[],
): Promise<Conversation> {
  return new Promise((resolve) => {
    let answer = ''
    let closed = true
    const socket = connect({ ...target, noDelay: true }, () => socket.write(first, 'latin1'))
    const timer = setTimeout(() => {
      closed = false
      socket.destroy()
    }, patienceMs)
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      answer += chunk
      const next = rest.shift()
      if (next !== undefined) socket.write(next, 'latin1')
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve({ answer, closed })
    })
  })
}

async function readMetric(
  adminPort: number,
  name: string,
  labels: readonly string[],
): Promise<number> {
  const { body } = await callHttp({ address: '127.0.0.1', port: adminPort, path: '/metrics' })
  return body
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => labels.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}

/** An Upstream on this machine. */
export const upstreamManifest = (name: string, port: number, host = '127.0.0.1') => `
apiVersion: gloo.solo.io/v1
kind: Upstream
metadata: { name: ${name}, namespace: default }
spec: { static: { hosts: [{ addr: ${host}, port: ${port} }] } }
---
`

/** A VirtualService for every domain: `/ready` answers 204, each name is a path that leads to its Upstream. */
export const routesManifest = (names: readonly string[], options = '') => `
apiVersion: gateway.solo.io/v1
kind: VirtualService
metadata: { name: hostile, namespace: default }
spec:
  virtualHost:
    domains: ['*']
    routes:
    - matchers: [{ exact: /ready }]
      directResponseAction: { status: 204 }
${names.map((name) => routeTo(name, options)).join('\n')}
`

const routeTo = (name: string, options: string) => `
    - matchers: [{ prefix: /${name} }]
      routeAction: { single: { upstream: { name: ${name}, namespace: default } } }
      ${options}`
