import { once } from 'node:events'
import { createSecureServer } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CertificateAuthority } from '../lib/certificates/certificate-authority.ts'
import { createControlListener } from './control-listener.ts'
import { KnownCredentials } from './credentials/known-credentials.ts'
import { ConnectionTable } from './delivery/connection.ts'
import type { Wait } from './delivery/deliver.ts'
import { exchange } from './delivery/exchange.ts'
import { FailureQueue } from './delivery/failure-queue.ts'
import { ServerCertificates } from './delivery/server-certificates.ts'
import { loadTokenizer } from './generation/tokenizer.ts'
import type { SimulatedProvider } from './provider.ts'
import { providers as allProviders } from './providers/index.ts'
import { RequestLog } from './recording/request-log.ts'

export interface SimulatorOptions {
  /** Signs the certificate under which the providers' host names are served. */
  readonly authority: CertificateAuthority
  readonly now: () => number
  /** Where the providers listen; 127.0.0.1 unless told otherwise. */
  readonly address?: string
  /** 0, the default: any free one. */
  readonly port?: number
  /** Where `GET /requests` and the like are served in clear text; 127.0.0.1 and any free port by default. */
  readonly controlAddress?: string
  readonly controlPort?: number
  /** How long the model thinks; 0 by default. */
  readonly timeToFirstTokenMs?: number
  /** How long it takes for each further token; 0 by default. */
  readonly interTokenLatencyMs?: number
  readonly wait?: Wait
  readonly providers?: readonly SimulatedProvider[]
}

/** Simulated providers that listen. */
export interface Simulator {
  readonly address: string
  readonly port: number
  /** Address and port of the control API, as in a URL. */
  readonly controlUrl: string
  /** Names that it answers for, and patterns of names. */
  readonly hosts: readonly string[]
  readonly log: RequestLog
  readonly failures: FailureQueue
  /** Whose signatures are verified, not only their form. */
  readonly knownCredentials: KnownCredentials
  /** Breaks what is open and frees the ports. */
  close(): Promise<void>
}

const dayMs = 24 * 60 * 60 * 1000
/** As the balancers in front of real providers, longer than clients keep idle connections. */
const keepAliveMs = 75_000

/** Starts the simulated providers behind one TLS listener, for HTTP/1.1 and HTTP/2. */
export async function createSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { authority, providers = allProviders, address = '127.0.0.1' } = options
  const hosts = providers.flatMap((provider) => provider.hosts)
  const log = new RequestLog()
  const failures = new FailureQueue()
  const knownCredentials = new KnownCredentials()
  const connections = new ConnectionTable()
  const context = {
    ...{ providers, log, failures, connections, loadTokenizer, knownCredentials },
    now: options.now,
    wait: options.wait ?? ((durationMs, signal) => sleep(durationMs, undefined, { signal })),
    pacing: {
      timeToFirstTokenMs: options.timeToFirstTokenMs ?? 0,
      interTokenLatencyMs: options.interTokenLatencyMs ?? 0,
    },
  }
  const certificates = new ServerCertificates(authority, hosts, ['localhost', address])
  const server = createSecureServer({
    ...certificates.fixed(),
    SNICallback: (name, done) => done(null, certificates.find(name)),
    allowHTTP1: true,
    http1Options: { keepAliveTimeout: keepAliveMs },
  })
  server.on('connection', (socket) => connections.add(socket))
  server.on('request', (request, response) => {
    exchange(request, response, context).catch(() => {
      // Not a failure that anybody asked for: the client sees it as what it is.
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  // A client that gives up its handshake or its session ends nothing but itself.
  server.on('tlsClientError', () => {})
  server.on('sessionError', () => {})
  const control = createControlListener({ log, failures, knownCredentials })
  const port = await listen(server, address, options.port ?? 0)
  const controlAddress = options.controlAddress ?? '127.0.0.1'
  const controlPort = await listen(control, controlAddress, options.controlPort ?? 0).catch(
    (error: unknown) => {
      server.close()
      throw error
    },
  )
  // The certificate outlives no process that runs for a year.
  const renewal = setInterval(() => {
    server.setSecureContext(certificates.fixed())
    certificates.renew()
  }, dayMs).unref()
  return {
    ...{ address, port, hosts, log, failures, knownCredentials },
    controlUrl: `http://${controlAddress.includes(':') ? `[${controlAddress}]` : controlAddress}:${controlPort}`,
    close: async () => {
      clearInterval(renewal)
      const closed = Promise.all([once(server, 'close'), once(control, 'close')])
      server.close()
      control.close()
      control.closeAllConnections()
      connections.closeAll()
      await closed
    },
  }
}

async function listen(server: Server, address: string, port: number): Promise<number> {
  server.listen(port, address)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
