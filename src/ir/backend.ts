import type { ModelProvider } from './model-provider.ts'
import type { Origin } from './origin.ts'
import type { SecretReference } from './secret-reference.ts'
import type { TlsVersion } from './tls-version.ts'

/** A service that requests can be sent to. */
export interface Backend {
  readonly id: string
  /** Shown in logs and metrics. */
  readonly name: string
  readonly origin: Origin
  readonly endpoints: readonly Endpoint[]
  /** Why there are no endpoints, in words for clients. */
  readonly emptyReason?: string
  readonly protocol: 'http1' | 'http2'
  /** Use HTTP/2 upstream for requests that came by HTTP/2. */
  readonly followClientProtocol: boolean
  readonly tls: BackendTls | undefined
  readonly loadBalancer: LoadBalancer
  readonly connection: ConnectionOptions
  readonly circuitBreaker: CircuitBreaker
  readonly outlierDetection: OutlierDetection | undefined
  readonly healthChecks: readonly HealthCheck[]
  /** Share of healthy endpoints in percent below which health is disregarded; 0 turns it off. */
  readonly panicThresholdPercent: number
}

/** One address of a backend. A DNS name stands for all its IPv4 addresses. */
export interface Endpoint {
  /** Unique in the whole configuration and stable over reloads. */
  readonly id: string
  /** DNS name or IP address. */
  readonly host: string
  readonly port: number
  /** At least 1. */
  readonly weight: number
  /** 0 is used first; higher numbers only when the lower ones are unhealthy. */
  readonly priority: number
  /** Server name sent in the TLS handshake; undefined: none. */
  readonly serverName: string | undefined
  readonly healthCheckPath: string | undefined
  readonly healthCheckMethod: string | undefined
  /** Host of the requests that it gets, whatever the route says; undefined: as the route says. */
  readonly hostHeader?: string
  /** True: it is spoken to without TLS although the backend has it. */
  readonly plaintext?: boolean
  /** Set: it is a provider of language models. All endpoints of a backend are of the same type, or none is a provider. */
  readonly provider?: ModelProvider
}

export interface BackendTls {
  readonly verification:
    | { readonly type: 'system' }
    | { readonly type: 'authority'; readonly authority: SecretReference }
    /** Certificates of authorities in PEM form: they are public, unlike what Secrets hold. */
    | { readonly type: 'certificates'; readonly pem: string }
    | { readonly type: 'none' }
  /** Accepted subject alternative names; empty: the server name. */
  readonly subjectAltNames: readonly string[]
  readonly certificateChain: SecretReference | undefined
  readonly privateKey: SecretReference | undefined
  readonly minimumVersion: TlsVersion | undefined
  readonly maximumVersion: TlsVersion | undefined
  readonly cipherSuites: readonly string[]
  readonly ecdhCurves: readonly string[]
  readonly alpnProtocols: readonly string[]
}

/** TLS that takes any certificate of the system's authorities for the server name, with everything else left to the runtime. */
export const systemVerifiedTls: BackendTls = {
  verification: { type: 'system' },
  subjectAltNames: [],
  certificateChain: undefined,
  privateKey: undefined,
  minimumVersion: undefined,
  maximumVersion: undefined,
  cipherSuites: [],
  ecdhCurves: [],
  alpnProtocols: [],
}

export type LoadBalancer =
  | { readonly type: 'round-robin' }
  | { readonly type: 'random' }
  | { readonly type: 'least-request'; readonly choiceCount: number }
  | {
      readonly type: 'ring-hash'
      readonly minimumRingSize: number
      readonly maximumRingSize: number
    }
  | { readonly type: 'maglev' }

export interface ConnectionOptions {
  readonly connectTimeoutMs: number
  /** 0 is no limit. */
  readonly maxRequestsPerConnection: number
  /** Idle time after which a pooled connection is closed, in milliseconds. */
  readonly idleTimeoutMs: number
  readonly maxHeadersCount: number | undefined
  readonly tcpKeepaliveMs: number | undefined
  readonly maxConcurrentStreams: number | undefined
}

/** Limits over the whole process. */
export interface CircuitBreaker {
  readonly maxConnections: number
  readonly maxPendingRequests: number
  readonly maxRequests: number
  readonly maxRetries: number
}

/** Takes endpoints out for a while after consecutive failures (Envoy's field meanings); a count of 0 is off. */
export interface OutlierDetection {
  readonly consecutive5xx: number
  readonly consecutiveGatewayFailure: number
  readonly intervalMs: number
  readonly baseEjectionTimeMs: number
  readonly maxEjectionTimeMs: number
  /** 0 to 100. */
  readonly maxEjectionPercent: number
}

/** A probe that control sends to every endpoint. */
export interface HealthCheck {
  readonly type: 'http' | 'tcp'
  readonly path: string
  readonly method: string
  readonly host: string | undefined
  readonly timeoutMs: number
  readonly intervalMs: number
  /** The first probe waits for a random part of this. */
  readonly initialJitterMs: number
  /** Every interval is longer by a random part of this. */
  readonly intervalJitterMs: number
  /** And by a random part of this share of the interval. */
  readonly intervalJitterPercent: number
  /** Failed connections and time-outs in a row that make an endpoint unhealthy; an unexpected status does so at once. */
  readonly unhealthyThreshold: number
  /** Successes in a row that make it healthy again; the first probe of all needs one. */
  readonly healthyThreshold: number
  /** Half-open ranges `[start, end)`. */
  readonly expectedStatuses: readonly { readonly start: number; readonly end: number }[]
}
