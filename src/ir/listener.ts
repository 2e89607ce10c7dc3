import type { AccessLog } from './access-log.ts'
import type { Origin } from './origin.ts'
import type { SecretReference } from './secret-reference.ts'
import type { TlsVersion } from './tls-version.ts'

/** A port that takes requests. */
export interface Listener {
  readonly id: string
  readonly origin: Origin
  /** Where the sockets are opened. Empty: nothing listens, and the listener's status says so. */
  readonly bindings: readonly ListenerBinding[]
  /** Virtual hosts of clear-text connections; unused when `tls` is set. */
  readonly virtualHostIds: readonly string[]
  /** Set: the listener speaks TLS and the first chain whose names match the client's SNI decides. */
  readonly tls: readonly TlsChain[] | undefined
  readonly http: HttpConnectionOptions
  /** Labels that usage metrics of its calls to models have besides provider and model. */
  readonly usageLabels?: readonly UsageLabel[]
  /** Logs of its requests besides the log of the process. */
  readonly accessLogs?: readonly AccessLog[]
}

/** A label of usage metrics, taken from what policies know of a request. */
export interface UsageLabel {
  readonly name: string
  /** A namespace of the request's metadata, and the keys inside it; a value that is not there counts as `<unknown>`. */
  readonly path: readonly string[]
}

/** One socket address. */
export interface ListenerBinding {
  /** An IP address of this machine, or `0.0.0.0` / `::` for all. */
  readonly address: string
  /** 1 to 65535. */
  readonly port: number
}

/** What a TLS listener presents for some server names. */
export interface TlsChain {
  readonly origin: Origin
  /** Lower-case names, `*.suffix` allowed. Empty: any name, or none. */
  readonly serverNames: readonly string[]
  readonly certificateChain: SecretReference
  readonly privateKey: SecretReference
  /** Set: clients must present a certificate of this authority. */
  readonly clientCertificateAuthority: SecretReference | PublicAuthority | undefined
  /** True: clients are asked for their certificate, but those without a valid one are served too. */
  readonly servesAnyClient?: boolean
  readonly minimumVersion: TlsVersion | undefined
  readonly maximumVersion: TlsVersion | undefined
  /** OpenSSL names; empty: Node's defaults. */
  readonly cipherSuites: readonly string[]
  /** Offered protocols in order, such as `h2` and `http/1.1`. */
  readonly alpnProtocols: readonly string[]
  readonly sessionResumption: boolean
  readonly virtualHostIds: readonly string[]
}

/** Certificates of authorities in PEM form that no Secret holds, because they are public. */
export interface PublicAuthority {
  readonly pem: string
}

/** How connections of a listener treat HTTP. */
export interface HttpConnectionOptions {
  /** Idle time after which a connection is closed, in milliseconds; 0 is never. */
  readonly idleTimeoutMs: number
  /** Idle time of one stream in milliseconds; 0 is never. */
  readonly streamIdleTimeoutMs: number
  /** Time for the head of a request to arrive, in milliseconds; 0 is without limit. */
  readonly requestHeadersTimeoutMs: number
  /** Largest request head accepted, in bytes. */
  readonly maxRequestHeadersBytes: number
  /** Value of the `server` header of answers. */
  readonly serverName: string
  /** True: the peer's address is the client and is appended to `x-forwarded-for`. */
  readonly useRemoteAddress: boolean
  /** How many proxies before this one are trusted to have written `x-forwarded-for`. */
  readonly xffTrustedHops: number
  /** Resolve `.` and `..` segments before matching. */
  readonly normalizePath: boolean
  /** Collapse repeated slashes before matching. */
  readonly mergeSlashes: boolean
  /** Apply header mutations from the least to the most specific level instead of the reverse. */
  readonly mostSpecificHeaderMutationsWin: boolean
}
