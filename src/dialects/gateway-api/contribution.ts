import type { AccessLog } from '../../ir/access-log.ts'
import type { Backend } from '../../ir/backend.ts'
import type { HttpConnectionOptions, UsageLabel } from '../../ir/listener.ts'
import type { Origin } from '../../ir/origin.ts'
import type { PolicyConfig } from '../../ir/policy.ts'
import type { RouteAction } from '../../ir/route.ts'
import type { GroupKind, ObjectReference } from '../../kube/kube-object.ts'
import type { ObjectStatus, ObjectView, ProgrammingError } from '../dialect.ts'

/**
 * What another dialect adds to the Gateway API: kinds that routes and gateways may refer to, policies that attach to
 * them, and classes. A kind belongs to one contribution.
 */
export interface Contribution {
  /** The dialect's name. */
  readonly name: string
  /** Kinds that `backendRefs` and mirrors may name. */
  readonly backends?: readonly GroupKind[]
  /** Kinds that filters of type ExtensionRef may name. */
  readonly filters?: readonly GroupKind[]
  /**
   * Kinds of `backendRefs` by which a rule of an HTTPRoute hands its requests to other HTTPRoutes, at gateways of
   * `controllers`. At other gateways they are kinds that nobody serves.
   */
  readonly delegates?: readonly GroupKind[]
  /** Kinds that `parametersRef` of a GatewayClass or Gateway may name. */
  readonly parameters?: readonly GroupKind[]
  readonly controllers?: readonly ControllerProfile[]
  /** Kinds whose statuses it writes. */
  readonly reports?: readonly GroupKind[]
  /** Writes what went wrong while the gateway took the configuration into a status of one of `reports`. */
  addErrors?(status: unknown, errors: readonly ProgrammingError[]): unknown
  /** Called once; what it returns may keep what it computed. */
  createContributor(): Contributor
}

/** A controller that Sluice acts as, and how its gateways look. */
export interface ControllerProfile {
  /** Named by GatewayClasses, and in the statuses of routes and policies. */
  readonly controllerName: string
  /** Classes that stand before anybody applies one. */
  readonly classNames: readonly string[]
  readonly description: string
  /** The Service of a gateway has the gateway's name behind it. */
  readonly servicePrefix: string
  /** An annotation of Gateways that names their parameters where `parametersRef` does not. */
  readonly parametersAnnotation?: GroupKind & { readonly key: string }
}

/** Takes part in every translation. */
export interface Contributor {
  begin(objects: ObjectView): ContributionMoment
}

/**
 * What a contribution says of the objects of one moment. Pure. Equal answers should be the same references as in the
 * moment before: everything that depends on an answer is made anew when it changes.
 */
export interface ContributionMoment {
  /** Asked only for the kinds in `backends`; the namespace is that of the object, already granted. */
  findBackend?(query: BackendQuery): FoundBackend
  /** Asked only for the kinds in `filters`. */
  findFilter?(reference: ObjectReference, place: Origin, rule: FilteredRule): FoundFilter
  /** Asked only for the kinds in `delegates`; the namespace is that of the reference, or else of the route. */
  findDelegates?(query: DelegateQuery): FoundDelegates
  /** What policies add to a route, a rule of it, a gateway or a listener; the first one has precedence. */
  findEffects?(target: PolicyTarget): readonly RouteEffect[]
  /** As {@link findEffects}, for what depends on a rule and one of the listeners that take its route. */
  findRuleEffects?(rule: ContributedRule, listener: PolicyTarget): readonly RouteEffect[]
  /** What operators should know of a route that is accepted. Asked after all of its rules. */
  findRemarks?(route: ObjectReference): readonly string[]
  /** What policies change of the connections of the listeners that share a port. */
  findConnectionOptions?(query: PortQuery): Partial<HttpConnectionOptions> | undefined
  /** Logs that policies ask for on the listeners that share a port. */
  findAccessLogs?(query: PortQuery): readonly AccessLog[]
  /** Asked only for the kinds in `parameters`. */
  findParameters?(reference: ObjectReference): FoundParameters
  /** Statuses of the contributed kinds. Asked last. */
  statuses?(): readonly ObjectStatus[]
}

export interface BackendQuery {
  readonly reference: ObjectReference
  readonly port: number | undefined
  /** Where the reference stands. */
  readonly place: Origin
}

/** What a backend reference leads to. */
export type FoundBackend =
  | {
      readonly type: 'found'
      readonly backend: Backend
      /** False: the contributing dialect puts the backend into the configuration itself. */
      readonly isAdded: boolean
      /** What requests to this backend need. `changeAction` is used when it is the rule's only backend. */
      readonly effect?: RouteEffect
    }
  | UnresolvedReference
  /**
   * It is there, but a policy on it is wrong, as the policy's own status says; requests are answered with an error.
   * The reference itself counts as resolved, as upstream's conformance suite has it.
   */
  | { readonly type: 'unusable'; readonly message: string }

export interface DelegateQuery {
  readonly reference: ObjectReference
  /** The route that hands requests over. */
  readonly parent: ObjectReference
}

/** The HTTPRoutes that a reference hands requests to, those that go first among equals first. */
export type FoundDelegates =
  | { readonly type: 'found'; readonly delegates: readonly Delegate[] }
  | UnresolvedReference

export interface Delegate {
  readonly route: ObjectReference
  /** True: its matches stand below those of the parent; false: it repeats them, and what does not is left out. */
  readonly inheritsMatches: boolean
}

/**
 * Why a reference leads nowhere; goes into the condition ResolvedRefs. `BackendInvalid` is a reason of Sluice's own, which
 * the Gateway API leaves room for: the object is there, but cannot be used as it is.
 */
export interface UnresolvedReference {
  readonly type: 'unresolved'
  readonly reason:
    | 'BackendNotFound'
    | 'BackendInvalid'
    | 'InvalidKind'
    | 'RefNotPermitted'
    | 'UnsupportedProtocol'
  readonly message: string
}

export type FoundFilter =
  | { readonly type: 'found'; readonly effect: RouteEffect }
  /** It does not go with what else the rule has; requests are answered with an error. */
  | { readonly type: 'incompatible'; readonly message: string }
  | UnresolvedReference

/** What else a rule has, for filters that do not go with everything. */
export interface FilteredRule {
  readonly hasBackends: boolean
  readonly isRedirect: boolean
  /** Objects that filters of type ExtensionRef name, in order. */
  readonly extensions: readonly ObjectReference[]
}

export type FoundParameters =
  | {
      readonly type: 'found'
      readonly service?: Partial<ServiceParameters>
      /** Labels of the usage metrics of the gateway. */
      readonly usageLabels?: readonly UsageLabel[]
    }
  | { readonly type: 'invalid'; readonly message: string }

/** What parameters say of the Service of a gateway. */
export interface ServiceParameters {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** A further port, where the gateway's metrics are read; without effect where a listener has its number. */
  readonly metricsPort: { readonly name: string; readonly port: number } | undefined
}

/** What a policy's `targetRef` may mean. */
export interface PolicyTarget {
  readonly reference: ObjectReference
  /** A listener or a rule by name, or the whole object. */
  readonly sectionName: string | undefined
}

/** A rule of a route as it is by itself. The same rule is the same reference until it changes. */
export interface ContributedRule {
  /** Unique to the rule in the configuration. */
  readonly id: string
  readonly place: Origin
  readonly route: PolicyTarget
  /** Objects that its filters of type ExtensionRef name, in order. */
  readonly extensions: readonly ObjectReference[]
  /** The rules that hand requests to it, nearest first; empty: its route is attached to a gateway itself. */
  readonly delegators: readonly DelegatingRule[]
  /** What it does and has by itself, and by the filters of its delegators. */
  readonly action: RouteAction
  readonly policies: readonly PolicyConfig[]
}

/** A rule that hands requests to rules of other routes. */
export type DelegatingRule = Pick<ContributedRule, 'route' | 'extensions'>

/** The listeners of a Gateway that share a port. */
export interface PortQuery {
  readonly gateway: ObjectReference
  readonly sectionNames: readonly string[]
}

/** What an object adds to routes. */
export interface RouteEffect {
  /** Most specific first; ids begin with the name of the contributing dialect. */
  readonly policies: readonly PolicyConfig[]
  /** Backends that nobody else adds. */
  readonly backends?: readonly Backend[]
  /** `namespace/name` of the Secrets that the policies refer to. */
  readonly secretIds?: readonly string[]
  /** Has the last word on what the route does. */
  readonly changeAction?: (action: RouteAction) => RouteAction
  /** Set: requests are answered 500 with this message, because what was asked for cannot be done. */
  readonly failure?: string
}
