import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import type { Backend, Endpoint } from '../../ir/backend.ts'
import type { CompiledBackend } from '../../snapshot/snapshot.ts'
import { ConnectionPool, type PoolLimits, type PoolOptions } from './connection-pool.ts'
import type { Connector, TlsTarget } from './connector.ts'
import { Http1Pool } from './http1/http1-pool.ts'
import type { UpstreamClient } from './upstream-client.ts'

interface PoolServices {
  readonly connector: Connector
  readonly extraAuthorities: readonly string[]
  now(): number
}

/** Which of a backend's endpoints a pool is for. */
export interface PoolRequest {
  readonly backend: CompiledBackend
  readonly endpoint: Endpoint
  readonly http2: boolean
  readonly limits: PoolLimits
}

/** Envoy's default for streams on one connection is unbounded; what servers grant is less. */
const defaultConcurrentStreams = 100

/** False: undici speaks HTTP/1.1 too. */
const ownHttp1Client = true

/**
 * Connection pools by what makes connections interchangeable: backend, address, protocol, TLS identity and
 * connection options. A reload that changes none of them keeps the connections.
 */
export class PoolDirectory {
  readonly #services: PoolServices
  readonly #pools = new Map<string, { readonly host: string; readonly pool: UpstreamClient }>()
  readonly #contexts = new Map<string, SecureContext>()

  constructor(services: PoolServices) {
    this.#services = services
  }

  get(request: PoolRequest): UpstreamClient {
    const key = poolKey(request.backend.config, request.endpoint, request.http2)
    const known = this.#pools.get(key)
    if (known !== undefined) return known.pool
    const pool = this.#create(request)
    this.#pools.set(key, { host: request.endpoint.host, pool })
    return pool
  }

  retain(backends: Iterable<CompiledBackend>): void {
    const keys = new Set<string>()
    const identities = new Set<string>()
    for (const { config } of backends) {
      identities.add(tlsIdentity(config))
      for (const endpoint of config.endpoints) {
        keys.add(poolKey(config, endpoint, true)).add(poolKey(config, endpoint, false))
      }
    }
    for (const [key, { pool }] of this.#pools) {
      if (keys.has(key)) continue
      this.#pools.delete(key)
      pool.retire()
    }
    for (const identity of this.#contexts.keys()) {
      if (!identities.has(identity)) this.#contexts.delete(identity)
    }
  }

  forgetHosts(hosts: ReadonlySet<string>): void {
    for (const [key, { host, pool }] of this.#pools) {
      if (!hosts.has(host.toLowerCase())) continue
      this.#pools.delete(key)
      pool.retire()
    }
  }

  #create({ backend, endpoint, http2, limits }: PoolRequest): UpstreamClient {
    const { connection } = backend.config
    const options: PoolOptions = {
      target: {
        host: endpoint.host,
        port: endpoint.port,
        connectTimeoutMs: connection.connectTimeoutMs,
        tcpKeepaliveMs: connection.tcpKeepaliveMs,
        http2,
        tls: this.#tlsTarget(backend, endpoint),
      },
      maxRequestsPerConnection: connection.maxRequestsPerConnection,
      idleTimeoutMs: connection.idleTimeoutMs,
      maxHeadersCount: connection.maxHeadersCount,
      maxConcurrentStreams: connection.maxConcurrentStreams ?? defaultConcurrentStreams,
      limits,
    }
    return http2 || !ownHttp1Client
      ? new ConnectionPool(options, this.#services.connector)
      : new Http1Pool(options, this.#services)
  }

  #tlsTarget(backend: CompiledBackend, endpoint: Endpoint): TlsTarget | undefined {
    const { tls } = backend.config
    if (backend.tls === undefined || tls === undefined || endpoint.plaintext) return undefined
    const ownName = endpoint.serverName ?? endpoint.host
    return {
      context: this.#contextOf(backend),
      serverName: endpoint.serverName,
      verifyPeer: backend.verifyPeer,
      acceptedNames: tls.subjectAltNames.length > 0 ? tls.subjectAltNames : [ownName],
      alpnProtocols: tls.alpnProtocols,
    }
  }

  /** Reading the system's authorities takes milliseconds; backends alike share what came of it. */
  #contextOf(backend: CompiledBackend): SecureContext {
    const identity = tlsIdentity(backend.config)
    const known = this.#contexts.get(identity)
    if (known !== undefined) return known
    const options = { ...backend.tls }
    if (options.ca === undefined && this.#services.extraAuthorities.length > 0) {
      options.ca = [...getCACertificates('default'), ...this.#services.extraAuthorities]
    }
    const context = createSecureContext(options)
    this.#contexts.set(identity, context)
    return context
  }
}

function tlsIdentity({ tls }: Backend): string {
  return tls === undefined ? '' : JSON.stringify(tls)
}

function poolKey(backend: Backend, endpoint: Endpoint, http2: boolean): string {
  const { id, connection, circuitBreaker } = backend
  const { host, port, serverName, plaintext = false } = endpoint
  const identity = [
    id,
    host,
    port,
    serverName ?? null,
    plaintext,
    http2,
    connection,
    circuitBreaker,
  ]
  return JSON.stringify([...identity, backend.tls ?? null])
}
