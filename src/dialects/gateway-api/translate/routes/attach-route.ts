import type { GroupKind, KubeObject } from '../../../../kube/kube-object.ts'
import type { Problem } from '../../conditions.ts'
import type { ParentReference } from '../../kinds/fields/references.ts'
import type { GatewayPlan } from '../gateways/gateway-plan.ts'
import type { ListenerPlan } from '../gateways/listener-plan.ts'
import { matchesSelector } from '../label-selector.ts'
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

const namespaceKind = { group: '', kind: 'Namespace' } as const

function allowsNamespace(
  scope: Scope,
  { spec }: ListenerPlan,
  gatewayNamespace: string,
  routeNamespace: string,
): boolean {
  const { from = 'Same', selector } = spec.allowedRoutes?.namespaces ?? {}
  switch (from) {
    case 'All':
      return true
    case 'Same':
      return gatewayNamespace === routeNamespace
    case 'Selector': {
      const namespace = scope.source.objects.get(namespaceKind, '', routeNamespace)
      if (namespace === undefined || selector === undefined) return false
      const labels = {
        'kubernetes.io/metadata.name': routeNamespace,
        ...namespace.metadata.labels,
      }
      return matchesSelector(selector, labels)
    }
  }
}

/** Decides which listeners of a gateway take a route. */
export function attachRoute(
  scope: Scope,
  { object, kind, hostnames }: AttachableRoute,
  parent: ParentReference,
  gateway: GatewayPlan,
): Attachment {
  const { namespace = '' } = object.metadata
  const label = displayName(gateway.reference)
  const rejected = (reason: string, message: string): Attachment => ({
    parent,
    gateway,
    listeners: [],
    problem: { reason, message },
  })
  const { sectionName, port } = parent
  const named = gateway.listeners.filter(
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
      ) && allowsNamespace(scope, listener, gateway.reference.namespace, namespace),
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
