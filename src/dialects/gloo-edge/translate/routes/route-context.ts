import type { Origin } from '../../../../ir/origin.ts'
import type { ObjectReference } from '../../../../kube/kube-object.ts'
import type { RouteOptions } from '../../../gloo-core/kinds/options/route-options.ts'
import type { Protection } from '../../../gloo-core/options/access/protection.ts'
import type { OptionSet } from '../../../gloo-core/options/option-set.ts'
import type { VirtualHostPolicies } from '../../../gloo-core/options/virtual-host.ts'
import type { Matcher } from '../../kinds/fields/matcher.ts'
import type { Route } from '../../kinds/fields/route.ts'

/** What all routes of a virtual host have in common. */
export interface VirtualHostContext extends VirtualHostPolicies {
  /** Whether the gateway lets WebSockets through unless a route says otherwise. */
  readonly websocket: boolean
  readonly maxDirectResponseBytes: number
  /** What the gateway says of protections. */
  readonly gatewayProtections: readonly Protection[]
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
