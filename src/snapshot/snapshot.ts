import type { SecureContextOptions } from 'node:tls'
import type { Backend } from '../ir/backend.ts'
import type { Listener } from '../ir/listener.ts'
import type { PathMatcher } from '../ir/matcher.ts'
import type { Origin } from '../ir/origin.ts'
import type {
  DirectResponseAction,
  ForwardAction,
  RedirectAction,
  Route,
  UnavailableAction,
  UnavailableDestination,
} from '../ir/route.ts'
import type { HeaderList } from '../lib/http/header-list.ts'
import type { CompiledPolicy } from '../policies/policy.ts'
import type { CompiledProvider } from '../providers/provider.ts'
import type { CompiledAccessLog } from './compile/access-log/compile-access-log.ts'

/** Everything a request reads. Built whole, never edited; a request keeps the one it began with. */
export interface Snapshot {
  readonly generation: number
  readonly listeners: ReadonlyMap<string, CompiledListener>
  readonly backends: ReadonlyMap<string, CompiledBackend>
}

export interface CompiledListener {
  readonly config: Listener
  /** Of clear-text connections. */
  readonly virtualHosts: VirtualHostTable
  /** In order; empty for clear text. */
  readonly tlsChains: readonly CompiledTlsChain[]
  /** Logs of its requests besides that of the process. */
  readonly accessLogs: readonly CompiledAccessLog[]
}

export interface CompiledTlsChain {
  readonly origin: Origin
  readonly serverNames: readonly string[]
  /** PEM material and limits for `tls.createSecureContext`. */
  readonly secureContextOptions: SecureContextOptions
  /** Whether clients are asked for a certificate, and whether only those with a valid one are served. */
  readonly clientCertificate: 'unasked' | 'asked' | 'required'
  readonly alpnProtocols: readonly string[]
  readonly virtualHosts: VirtualHostTable
}

export interface VirtualHostTable {
  /** `host` is lower-case and may carry a port. Exact, longest `*.suffix`, longest `prefix.*`, then `*`. */
  find(host: string): CompiledVirtualHost | undefined
}

export interface CompiledVirtualHost {
  readonly id: string
  readonly name: string
  /** The first route in order that matches. */
  findRoute(request: RoutedRequest): RouteMatch | undefined
}

/** What matchers look at. */
export interface RoutedRequest {
  readonly method: string
  readonly path: string
  /** With its `?`, or empty. */
  readonly query: string
  readonly host: string
  readonly headers: HeaderList
}

export interface RouteMatch {
  readonly route: CompiledRoute
  /** The matcher's path condition: prefix rewrites replace what it matched. */
  readonly path: PathMatcher
}

export interface CompiledRoute {
  readonly config: Route
  readonly action: CompiledAction
  /** Every policy of the route: for request hooks, and for answers that the gateway gives without a try. */
  readonly policies: PolicyChain
}

export type CompiledAction =
  | CompiledForward
  | CompiledRedirect
  | DirectResponseAction
  | UnavailableAction

export interface CompiledForward extends ForwardRules {
  readonly type: 'forward'
  readonly destinations: readonly CompiledDestination[]
  /** Sum of the weights, at least 1. */
  readonly totalWeight: number
  /** True: some destination is a provider of language models. */
  readonly leadsToModels: boolean
}

/** How requests are sent on. */
export interface ForwardRules {
  readonly config: ForwardAction
  /** The path that goes upstream, without query. Equals `path` where nothing rewrites it. */
  rewritePath(path: string, matched: PathMatcher): string
  /** The host that goes upstream, unless the endpoint's own name does (`config.hostRewrite`). */
  rewriteHost(request: RoutedRequest): string
  readonly mirrors: readonly CompiledMirror[]
}

export interface CompiledRedirect {
  readonly type: 'redirect'
  readonly config: RedirectAction
  /** The path of the location, without query. Equals `path` where nothing replaces it. */
  rewritePath(path: string, matched: PathMatcher): string
}

export type CompiledDestination =
  | CompiledBackendDestination
  | CompiledRedirectDestination
  | UnavailableDestination

export interface CompiledBackendDestination {
  readonly weight: number
  readonly backend: CompiledBackend
  /**
   * The hooks of requests that go here: those of the route and of the destination itself, in final order.
   * Stands in for the route's chain from the first try on (`onAttempt`, `onResponseHead`,
   * `createResponseTransform`, `onComplete`).
   */
  readonly attemptPolicies: PolicyChain
  /** Set: how requests that go here are sent on, in the place of what the route says. */
  readonly ownRules: ForwardRules | undefined
}

/** A destination that answers its share of the requests with a redirect. */
export interface CompiledRedirectDestination {
  readonly weight: number
  readonly redirect: CompiledRedirect
  /** Stands in for the route's chain for the answer. */
  readonly attemptPolicies: PolicyChain
}

export interface CompiledMirror {
  readonly backend: CompiledBackend
  readonly percentage: number
  readonly host: string | undefined
  readonly appendSuffix: boolean
}

export interface CompiledBackend {
  readonly config: Backend
  /** Undefined: clear text. PEM material resolved from secrets. */
  readonly tls: SecureContextOptions | undefined
  readonly verifyPeer: boolean
  /** One per endpoint, in their order; empty: it is no provider of language models. */
  readonly providers: readonly CompiledProvider[]
}

/**
 * The policies of a route by hook, so that a request loops only over those that take part.
 * Request hooks stand in execution order, response hooks in reverse of the phases. Within the phase of header
 * mutations both directions apply the levels in the order that the listener asks for: every list is run
 * from its first entry to its last.
 */
export interface PolicyChain {
  readonly onRequestHead: readonly CompiledPolicy[]
  readonly onRequestBody: readonly CompiledPolicy[]
  /** The smallest limit of those that read the body; undefined: nobody does. */
  readonly requestBodyLimitBytes: number | undefined
  /** The first policy that refuses what it cannot read of a call to a model. */
  readonly strictReader: CompiledPolicy | undefined
  /** The first policy that refuses what goes to a model as tokens, made of text that it must read. */
  readonly strictTextReader: CompiledPolicy | undefined
  readonly onModelRequest: readonly CompiledPolicy[]
  readonly onFinalModelRequest: readonly CompiledPolicy[]
  readonly onModelRetry: readonly CompiledPolicy[]
  readonly onModelResponse: readonly CompiledPolicy[]
  readonly createStreamEditor: readonly CompiledPolicy[]
  readonly onAttempt: readonly CompiledPolicy[]
  readonly onResponseHead: readonly CompiledPolicy[]
  readonly createResponseTransform: readonly CompiledPolicy[]
  readonly onComplete: readonly CompiledPolicy[]
}
