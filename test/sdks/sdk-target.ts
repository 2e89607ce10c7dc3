import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { request } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { openCertificateAuthority } from '../../src/lib/certificates/certificate-authority.ts'
import { createSimulator, type Simulator } from '../../src/simulator/simulator.ts'
import { KubeClient } from '../harness/kube-client.ts'
import { startSluice } from '../harness/sluice-process.ts'
import { waitUntil } from '../harness/wait-until.ts'

/** What arrived at a simulated provider, as far as tests look at it; credentials end in their last four letters. */
interface Arrival {
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  readonly outcome: { readonly end: string; readonly status: number }
}

/** Where an SDK is pointed to. */
export interface SdkTarget {
  /** Without a slash at its end. */
  readonly url: string
  /** Sluice brings its own, whatever the client sends. */
  readonly holdsCredential: boolean
  /** Of the simulator's control API. */
  readonly controlUrl: string
  /** What arrived at the provider so far. */
  arrivals(): Promise<readonly Arrival[]>
  stop(): Promise<void>
}

/** A provider, and how Sluice is told about it. */
export interface SdkProvider {
  /** Its real host. */
  readonly host: string
  /** `spec.ai` of an Upstream; undefined where Sluice does not serve it. */
  readonly ai?: object
  /** The SDK speaks HTTP/2 without TLS to a URL without TLS. */
  readonly http2?: boolean
}

/** An SDK's tests run against each of these; the simulator first, which has to be right before a gateway can be. */
export function targetsOf(
  provider: SdkProvider,
): readonly [name: string, start: () => Promise<SdkTarget>][] {
  const { ai } = provider
  const direct: [string, () => Promise<SdkTarget>] = ['the simulator', () => startDoor(provider)]
  if (ai === undefined) return [direct]
  return [
    direct,
    ['Sluice by a VirtualService', () => startSluiceTarget(ai, byVirtualService)],
    ['Sluice by an HTTPRoute', () => startSluiceTarget(ai, byRoute)],
  ]
}

type DoorRequest = IncomingMessage | Http2ServerRequest
type DoorResponse = ServerResponse | Http2ServerResponse

/** A simulator behind a URL of its own: SDKs take a URL, and the simulator tells providers apart by their host. */
async function startDoor({ host, http2 }: SdkProvider): Promise<SdkTarget> {
  const authority = openCertificateAuthority({ now: Date.now })
  const simulator = await createSimulator({ authority, now: Date.now })
  const forward = (from: DoorRequest, to: DoorResponse) =>
    forwardTo(simulator, { host, ca: authority.certificate, from, to })
  const server: Server = http2 ? createHttp2Server(forward) : createServer(forward)
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    holdsCredential: false,
    controlUrl: simulator.controlUrl,
    arrivals: async () => simulator.log.list(),
    async stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
      await simulator.close()
    },
  }
}

interface Exchange {
  readonly host: string
  readonly ca: string
  readonly from: DoorRequest
  readonly to: DoorResponse
}

function forwardTo(simulator: Simulator, { host, ca, from, to }: Exchange): void {
  const headers = Object.entries(from.headers).filter(
    ([name]) => !name.startsWith(':') && name !== 'connection',
  )
  const call = request(
    {
      ...{ host: simulator.address, port: simulator.port, servername: host, ca, agent: false },
      ...{ method: from.method ?? 'GET', path: from.url ?? '/' },
      headers: { ...Object.fromEntries(headers), host },
    },
    (answer) => {
      const { connection: _connection, 'transfer-encoding': _coding, ...kept } = answer.headers
      const writer: { writeHead(status: number, headers: OutgoingHttpHeaders): unknown } = to
      writer.writeHead(answer.statusCode ?? 502, kept)
      answer.pipe(to as ServerResponse)
      answer.on('error', () => to.end())
    },
  )
  call.on('error', () => to.end())
  to.on('close', () => call.destroy())
  from.pipe(call)
}

const metadata = { name: 'provider', namespace: 'gloo-system' }

/** Objects that lead everything to the AI Upstream, and how to know that they are in force. */
interface Way {
  readonly service: string
  readonly port: number
  readonly objects: readonly object[]
  /** Of the object that says so in its status. */
  readonly path: string
  readonly isInForce: (status: string) => boolean
}

const byVirtualService: Way = {
  ...{ service: 'gateway-proxy', port: 80 },
  objects: [
    {
      ...{ apiVersion: 'gateway.solo.io/v1', kind: 'VirtualService', metadata },
      spec: {
        virtualHost: {
          domains: ['*'],
          routes: [{ routeAction: { single: { upstream: metadata } } }],
        },
      },
    },
  ],
  path: '/apis/gateway.solo.io/v1/namespaces/gloo-system/virtualservices/provider',
  isInForce: (status) => status.includes('"Accepted"'),
}

const byRoute: Way = {
  ...{ service: 'gloo-proxy-provider', port: 8080 },
  objects: [
    {
      ...{ apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', metadata },
      spec: {
        gatewayClassName: 'gloo-gateway',
        listeners: [{ name: 'http', protocol: 'HTTP', port: 8080 }],
      },
    },
    {
      ...{ apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', metadata },
      spec: {
        parentRefs: [{ name: 'provider' }],
        rules: [{ backendRefs: [{ group: 'gloo.solo.io', kind: 'Upstream', name: 'provider' }] }],
      },
    },
  ],
  path: '/apis/gateway.networking.k8s.io/v1/namespaces/gloo-system/httproutes/provider',
  isInForce: (status) => status.split('"status":"True"').length > 2,
}

async function startSluiceTarget(ai: object, way: Way): Promise<SdkTarget> {
  const sluice = await startSluice({ command: 'dev' })
  const kube = new KubeClient(sluice)
  const upstream = { apiVersion: 'gloo.solo.io/v1', kind: 'Upstream', metadata, spec: { ai } }
  for (const object of [upstream, ...way.objects]) await kube.apply(JSON.stringify(object))
  await waitUntil('the route to be in force', async () =>
    way.isInForce(JSON.stringify((await kube.get(way.path))['status'] ?? {})),
  )
  const [, controlUrl = ''] = /\(log: (\S+)\/requests\)/.exec(sluice.output()) ?? []
  return {
    url: `http://${await kube.serviceAddress('gloo-system', way.service)}:${way.port}`,
    holdsCredential: true,
    controlUrl,
    arrivals: async () => (await (await fetch(`${controlUrl}/requests`)).json()) as Arrival[],
    stop: async () => void (await sluice.stop()),
  }
}

/** The value of a header of the request that arrived last. */
export async function lastHeader(target: SdkTarget, name: string): Promise<string | undefined> {
  const last = (await target.arrivals()).at(-1)
  return last?.headers.find(([other]) => other.toLowerCase() === name)?.[1]
}

/** Resolves when the provider noticed that the client of its last answer left. */
export async function untilAborted(target: SdkTarget): Promise<void> {
  await waitUntil(
    'the provider to notice that the client left',
    async () => (await target.arrivals()).at(-1)?.outcome.end === 'client-closed',
  )
}

/** Headers that let the simulated model talk for many seconds. */
export const endlessAnswer = {
  'x-simulate-tokens': '5000',
  'x-simulate-inter-token-latency': '5',
}
