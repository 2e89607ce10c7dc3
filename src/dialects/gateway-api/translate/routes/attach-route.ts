import type { GroupKind, KubeObject, ObjectReference } from '../../../../kube/kube-object.ts'
import type { Problem } from '../../conditions.ts'
import type { ParentReference } from '../../kinds/fields/references.ts'
import type { GatewayPlan } from '../gateways/gateway-plan.ts'
import type { ListenerPlan } from '../gateways/listener-plan.ts'
import { allowsNamespace } from '../namespaces.ts'
import { displayName, type Scope } from '../source.ts'
import { effectiveHostnames } from './hostnames.ts'

/** A route at one of its parents. */
export interface Attachment {
  readonly parent: ParentReference
  readonly gateway: GatewayPlan
  /** The listeners that take the route; empty when `problem` says why none does. */
  readonly listeners: readonly AttachedListener[]
  readonly problem: Problem | undefined
}

export interface AttachedListener {
  readonly listener: ListenerPlan
  readonly hostnames: readonly string[]
}

/** A route object as attachment sees it. */
export interface AttachableRoute {
  readonly object: KubeObject
  readonly kind: GroupKind
  readonly hostnames: readonly string[]
}

/** What a route attaches to: a Gateway, or a ListenerSet that adds to one. */
export interface RouteParent {
  readonly gateway: GatewayPlan
  readonly reference: ObjectReference
  readonly listeners: readonly ListenerPlan[]
  /** Why no route attaches to it. */
  readonly problem: Problem | undefined
}

/** Decides which listeners of a parent take a route. */
export function attachRoute(
  scope: Scope,
  { object, kind, hostnames }: AttachableRoute,
  parent: ParentReference,
  { gateway, reference, ...at }: RouteParent,
): Attachment {
  const { namespace = '' } = object.metadata
  const label = displayName(reference)
  const rejected = (reason: string, message: string): Attachment => ({
    parent,
    gateway,
    listeners: [],
    problem: { reason, message },
  })
  const { sectionName, port } = parent
  if (at.problem !== undefined) return rejected('NoMatchingParent', at.problem.message)
  const named = at.listeners.filter(
    ({ spec }) =>
      (sectionName === undefined || spec.name === sectionName) &&
      (port === undefined || spec.port === port),
  )
  if (named.length === 0) {
    const where = [sectionName && `name ${sectionName}`, port && `port ${port}`].filter(Boolean)
    return rejected('NoMatchingParent', `${label} has no listener with ${where.join(' and ')}`)
  }
  const allowed = named.filter(
    (listener) =>
      listener.supportedKinds.some(
        (each) => each.group === kind.group && each.kind === kind.kind,
      ) &&
      allowsNamespace(
        scope,
        { from: 'Same', ...listener.spec.allowedRoutes?.namespaces },
        reference.namespace,
        namespace,
      ),
  )
  if (allowed.length === 0) {
    const message = `no listener of ${label} allows ${kind.kind}s of namespace ${namespace}`
    return rejected('NotAllowedByListeners', message)
  }
  const listeners = allowed.flatMap((listener) => {
    const shared = effectiveHostnames(listener.hostname, hostnames)
    return shared.length === 0 ? [] : [{ listener, hostnames: shared }]
  })
  if (listeners.length === 0) {
    const message = `no listener of ${label} shares a host name with the route`
    return rejected('NoMatchingListenerHostname', message)
  }
  return { parent, gateway, listeners, problem: undefined }
}
