import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { waitUntil } from '../../../harness/wait-until.ts'
import { EdgeBench, type GlooStatus } from '../../gloo-edge/edge-bench.ts'

/** A server that an Upstream leads to; it answers with its name unless it is told something else. */
export interface TestHost {
  readonly name: string
  readonly addr: string
  readonly port: number
  readonly server: Server
  /** Requests that came, by path, those of health checks too. */
  readonly paths: string[]
  /** What it answers now. */
  answer: RequestListener
}

/** A running Sluice and servers behind it; each test makes Upstreams and routes of its own. */
export class UpstreamBench {
  readonly edge: EdgeBench
  readonly #servers: Server[] = []

  private constructor(edge: EdgeBench) {
    this.edge = edge
  }

  static async start(flags: readonly string[] = []): Promise<UpstreamBench> {
    return new UpstreamBench(await EdgeBench.start(flags))
  }

  async stop(): Promise<void> {
    await this.edge.stop()
    for (const server of this.#servers) stopServer(server)
  }

  /** Starts a server per name, each on an address of its own. */
  async hosts<Name extends string>(...names: readonly Name[]): Promise<Record<Name, TestHost>> {
    const entries = names.map(async (name, index) => {
      const host = this.keep(await startTestHost(name, { addr: `127.0.0.${2 + index}` }))
      return [name, host] as const
    })
    return Object.fromEntries(await Promise.all(entries)) as Record<Name, TestHost>
  }

  /** Ends the server when the bench ends. */
  keep(host: TestHost): TestHost {
    this.#servers.push(host.server)
    return host
  }

  /** Makes the Upstream `default/name`, and a VirtualService for `name.test` that leads to it. */
  async serve(name: string, spec: object, options: object = {}): Promise<GlooStatus> {
    await this.upstream(name, spec)
    const route = { routeAction: { single: { upstream: { name } } }, options }
    return this.edge.serve(name, JSON.stringify({ routes: [route] }))
  }

  upstream(name: string, spec: object): Promise<void> {
    return this.edge.apply({
      apiVersion: 'gloo.solo.io/v1',
      kind: 'Upstream',
      metadata: { name, namespace: 'default' },
      spec,
    })
  }

  /** The status of the Upstream `default/name`. */
  upstreamStatus(name: string): Promise<GlooStatus> {
    const path = `/apis/gloo.solo.io/v1/namespaces/default/upstreams/${name}`
    return waitUntil(`a status of Upstream ${name}`, async () => {
      const object = await this.edge.kube.get(path)
      const status = object['status'] as { statuses?: Record<string, GlooStatus> } | undefined
      return status?.statuses?.['gloo-system']
    })
  }

  /** What `count` requests one after the other are answered. */
  async ask(name: string, count: number, headers: Record<string, string> = {}): Promise<string[]> {
    const answers: string[] = []
    for (let index = 0; index < count; index += 1) {
      answers.push(await this.edge.ask(name, '/', { headers }))
    }
    return answers
  }

  /** What `count` requests at the same time are answered, as statuses. */
  async statuses(name: string, count: number): Promise<number[]> {
    const calls = Array.from({ length: count }, () => this.edge.call(name, '/'))
    return (await Promise.all(calls)).map(({ status }) => status).sort()
  }

  /** Resolves when a series of the metrics of endpoints' health has a value. */
  async healthIs(name: string, host: TestHost, isHealthy: boolean): Promise<void> {
    const series = `sluice_endpoint_healthy{backend="default.${name}",endpoint="${host.addr}:${host.port}"} ${isHealthy ? 1 : 0}`
    await waitUntil(series, async () => {
      const answer = await fetch(`http://127.0.0.1:${this.edge.sluice.adminPort}/metrics`)
      return (await answer.text()).includes(series)
    })
  }
}

/** The hosts as a static Upstream lists them. */
export const staticHosts = (...hosts: readonly TestHost[]) =>
  hosts.map(({ addr, port }) => ({ addr, port }))

/** How often each answer came. */
export function countEach(answers: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1
  return counts
}

export function stopServer(server: Server): void {
  server.close()
  server.closeAllConnections()
}

interface TestHostOptions {
  readonly addr?: string
  readonly tls?: ServerOptions
}

/** Starts one server. */
export async function startTestHost(
  name: string,
  { addr = '127.0.0.1', tls }: TestHostOptions = {},
): Promise<TestHost> {
  const paths: string[] = []
  const listener: RequestListener = (request, response) => {
    paths.push(request.url ?? '')
    request.resume()
    host.answer(request, response)
  }
  const server: Server =
    tls === undefined
      ? createServer(listener)
      : (createTlsServer(tls, listener) as unknown as Server)
  await new Promise<void>((resolve) => server.listen(0, addr, resolve))
  const { port } = server.address() as AddressInfo
  const answer: RequestListener = (_request, response) => void response.end(name)
  const host: TestHost = { name, addr, port, server, paths, answer }
  return host
}

/** Answers with a status. */
export const answerStatus =
  (status: number): RequestListener =>
  (_request, response) =>
    void response.writeHead(status).end(String(status))
