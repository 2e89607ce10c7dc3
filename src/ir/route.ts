import type { RequestMatcher } from './matcher.ts'
import type { Origin } from './origin.ts'

/** What happens to the requests that match. */
export interface Route {
  readonly id: string
  /** Shown in logs and metrics. */
  readonly name: string
  readonly origin: Origin
  /** Any of them; never empty. */
  readonly matchers: readonly RequestMatcher[]
  readonly action: RouteAction
  /** Policy instances, most specific level first; the policies' phases order them for a request. */
  readonly policyIds: readonly string[]
}

export type RouteAction = ForwardAction | RedirectAction | DirectResponseAction | UnavailableAction

/** Sends the request to a backend. */
export interface ForwardAction {
  readonly type: 'forward'
  /** Never empty; the weights' sum is at least 1. */
  readonly destinations: readonly WeightedDestination[]
  readonly pathRewrite: PathRewrite | undefined
  readonly hostRewrite: HostRewrite | undefined
  /** Keep the client's host in `x-forwarded-host`. */
  readonly appendForwardedHost: boolean
  /** Whole response in milliseconds; 0 is no limit. */
  readonly timeoutMs: number
  /** Longest silence of the upstream or client in milliseconds; undefined: the listener's. */
  readonly idleTimeoutMs: number | undefined
  readonly retry: RetryConfig | undefined
  readonly mirrors: readonly Mirror[]
  /** WebSocket upgrades are tunnelled. */
  readonly websocket: boolean
  /** What hashing load balancers hash; empty: at random. */
  readonly hashPolicies: readonly HashPolicy[]
  /** Set: how calls to models are made on this route; only for destinations that are providers. */
  readonly modelCalls?: ModelCallOptions
}

/** How calls to language models are made. */
export interface ModelCallOptions {
  /** True: the provider is asked for a stream whatever the client says. */
  readonly alwaysStream: boolean
  /** Models to ask, in this order, after the one that the client asked for has failed. */
  readonly backupModels: readonly string[]
  /** True: endpoints that are not known pass too; false: they answer 404. */
  readonly allowUnknownEndpoints: boolean
  /** Where templates and logs of the vendor find what is known of a call; undefined: nowhere beside the gateway's own name. */
  readonly metadataNamespace?: string
  /** Where these find the tokens that limits charge, if not there. */
  readonly chargeMetadata?: { readonly namespace: string; readonly key: string }
}

export type WeightedDestination = BackendDestination | RedirectDestination | UnavailableDestination

export interface BackendDestination {
  readonly backendId: string
  readonly weight: number
  readonly policyIds: readonly string[]
  /** Set: what it has of its own beside its route. */
  readonly overrides?: DestinationOverrides
}

/** Stands in for what the route says, for the requests of one destination; undefined leaves the route's. */
export interface DestinationOverrides {
  readonly pathRewrite: PathRewrite | undefined
  /** The client's host is kept in `x-forwarded-host`. */
  readonly hostRewrite: HostRewrite | undefined
  /** Beside those of the route. */
  readonly mirrors: readonly Mirror[]
}

/** A destination whose share of the requests is sent elsewhere. */
export interface RedirectDestination {
  readonly weight: number
  readonly redirect: RedirectAction
  readonly policyIds: readonly string[]
}

/** A destination that is broken: it costs its share of the requests, which get this answer. */
export interface UnavailableDestination {
  readonly weight: number
  readonly unavailable: UnavailableAction
}

export type PathRewrite =
  | {
      /** Replaces the whole path. */
      readonly type: 'full'
      readonly value: string
    }
  | {
      readonly type: 'prefix'
      /** Replaces the matched prefix, or the whole path of an exact or regex match. */
      readonly value: string
    }
  | {
      readonly type: 'regex'
      /** RE2; every match in the path without query is replaced. */
      readonly pattern: string
      /** `\1` refers to a group. */
      readonly substitution: string
    }

export type HostRewrite =
  | { readonly type: 'literal'; readonly value: string }
  /** The name of the chosen endpoint; unchanged for endpoints without a name. */
  | { readonly type: 'endpoint' }
  | { readonly type: 'header'; readonly header: string }
  | { readonly type: 'path-regex'; readonly pattern: string; readonly substitution: string }

/** When and how often a request is tried again. */
export interface RetryConfig {
  readonly on: readonly RetryCondition[]
  /** For the condition `status-codes`. */
  readonly statusCodes: readonly number[]
  /** Tries after the first; 0 or more. */
  readonly maxRetries: number
  readonly perTryTimeoutMs: number | undefined
  /** No back-off is shorter, in milliseconds. */
  readonly backOffMinimumMs: number
  /** First back-off in milliseconds, at least 1; doubled per try with full jitter. */
  readonly backOffBaseMs: number
  readonly backOffMaxMs: number
  /** Headers of a rate-limited answer that say when to try again. */
  readonly rateLimitHeaders: readonly {
    readonly name: string
    readonly format: 'seconds' | 'unix-timestamp'
  }[]
  readonly rateLimitMaxMs: number
  /** Set: after so many tries at endpoints of a priority its turn is over until all priorities had theirs. */
  readonly previousPrioritiesUpdateFrequency?: number
}

export type RetryCondition =
  | '5xx'
  | 'gateway-error'
  | 'connect-failure'
  | 'reset'
  | 'refused-stream'
  | 'retriable-4xx'
  | 'status-codes'

/** A copy of the request whose answer is thrown away. */
export interface Mirror {
  readonly backendId: string
  /** 0 to 100. */
  readonly percentage: number
  /** Replaces the host; undefined: the client's host, with `-shadow` when `appendSuffix` is set. */
  readonly host: string | undefined
  readonly appendSuffix: boolean
}

export type HashPolicy =
  | { readonly type: 'header'; readonly name: string; readonly terminal: boolean }
  | {
      readonly type: 'cookie'
      readonly name: string
      readonly path: string
      /** Set: the gateway issues the cookie when it is missing; 0 is a session cookie. */
      readonly ttlMs: number | undefined
      readonly terminal: boolean
    }
  | { readonly type: 'source-ip'; readonly terminal: boolean }

export interface RedirectAction {
  readonly type: 'redirect'
  readonly status: 301 | 302 | 303 | 307 | 308
  readonly host: string | undefined
  /**
   * `listener`: the port that the listener serves; `default`: that of the scheme. Undefined: that of the host.
   * The default port of the scheme is not written out.
   */
  readonly port: number | 'listener' | 'default' | undefined
  /** Undefined: that of the request. */
  readonly scheme: 'http' | 'https' | undefined
  readonly path: PathRewrite | undefined
  readonly stripQuery: boolean
}

export interface DirectResponseAction {
  readonly type: 'direct-response'
  /** 200 to 599. */
  readonly status: number
  readonly body: string
}

/** A route whose configuration is broken; it answers for itself and never reaches an upstream. */
export interface UnavailableAction {
  readonly type: 'unavailable'
  readonly code: 'configuration-error' | 'backend-not-found'
  readonly status: number
  /** Names the object that is missing or wrong. */
  readonly message: string
}
