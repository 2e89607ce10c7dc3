import type { HeaderMutation } from '../../../../ir/header-mutation.ts'
import type { Origin } from '../../../../ir/origin.ts'
import type { Rbac } from '../../../../ir/rbac.ts'
import type { ObjectReference } from '../../../../kube/kube-object.ts'
import type { CorsPolicy } from '../../kinds/fields/cors.ts'
import type { Matcher } from '../../kinds/fields/matcher.ts'
import type { RetryPolicy } from '../../kinds/fields/retries.ts'
import type { Route } from '../../kinds/fields/route.ts'
import type { RouteOptions } from '../../kinds/fields/route-options.ts'
import type { PolicyResult } from '../policies/header-mutation.ts'
import type { StagedJwt } from '../policies/jwt.ts'
import type { Protection } from '../policies/protection.ts'
import type { LimitLevel } from '../policies/rate-limit.ts'
import type { OptionSet } from './option-set.ts'

/** What all routes of a virtual host have in common. */
export interface VirtualHostContext {
  readonly headers: HeaderMutation | undefined
  /** Set: no request may be forwarded, because the header changes of the virtual host cannot be made. */
  readonly blockedBy: string | undefined
  readonly cors: { readonly config: CorsPolicy; readonly origin: Origin } | undefined
  /** Whether a route exposes the headers of the virtual host's CORS policy too. */
  readonly mergeExposeHeaders: boolean
  readonly retries: { readonly policy: RetryPolicy; readonly origin: Origin } | undefined
  /** What it demands of tokens. */
  readonly jwt: readonly StagedJwt[]
  /** Undefined: nothing. */
  readonly rbac: PolicyResult<Rbac> | undefined
  /** Whether the gateway lets WebSockets through unless a route says otherwise. */
  readonly websocket: boolean
  readonly maxDirectResponseBytes: number
  readonly limits: LimitLevel
  /** What the gateway says of protections. */
  readonly gatewayProtections: readonly Protection[]
  /** What the virtual host says of protections. */
  readonly protections: readonly Protection[]
}

/** What a delegating route hands down. */
export interface ParentContext {
  readonly matcher: Matcher
  readonly options: OptionSet<RouteOptions>
  readonly inheritableMatchers: boolean
  readonly inheritablePathMatchers: boolean
  /** Tables on the way down, as `namespace.name`. */
  readonly tables: readonly string[]
}

/** One route of a manifest and where it stands. */
export interface RouteInput {
  readonly route: Route
  /** Unique in the configuration. */
  readonly id: string
  readonly name: string
  readonly origin: Origin
  readonly owner: ObjectReference
  readonly parent: ParentContext | undefined
  readonly virtualHost: VirtualHostContext
}
