import type { GroupKind, KubeObject, ObjectReference } from '../../../../kube/kube-object.ts'
import type { ControllerProfile } from '../../contribution.ts'
import type { ParentReference } from '../../kinds/fields/references.ts'
import type { HttpRouteSpec } from '../../kinds/specs/http-route-spec.ts'
import {
  gatewayGroup,
  gatewayKind,
  grpcRouteKind,
  httpRouteKind,
  listenerSetKind,
} from '../../names.ts'
import { containFailure } from '../contain-failure.ts'
import type { GatewayPlan } from '../gateways/gateway-plan.ts'
import type { ListenerPlan } from '../gateways/listener-plan.ts'
import { translateRoute } from '../rules/translate-route.ts'
import type { TranslatedRoute } from '../rules/translated-route.ts'
import type { Scope } from '../source.ts'
import { type Attachment, attachRoute, type RouteParent } from './attach-route.ts'

/** A route at one of its parents, and what it is there. */
export interface ServedAttachment extends Attachment {
  readonly translated: TranslatedRoute
}

/** A route object with all its attachments to gateways that are served here. */
export interface AttachedRoute {
  readonly object: KubeObject
  readonly kind: GroupKind
  readonly attachments: readonly ServedAttachment[]
}

const keyOf = ({ kind, namespace, name }: Omit<ObjectReference, 'group'>) =>
  `${kind} ${namespace}/${name}`

/** The kind that has a host name of a listener: HTTPRoutes and GRPCRoutes never share one. */
class HostnameClaims {
  readonly #claims = new Map<ListenerPlan, Map<string, string>>()

  /** Whether the host name is free for routes of the kind; it is theirs from then on. */
  claim(listener: ListenerPlan, hostname: string, kind: string): boolean {
    const claims = this.#claims.get(listener) ?? new Map<string, string>()
    this.#claims.set(listener, claims)
    const holder = claims.get(hostname)
    if (holder === undefined) claims.set(hostname, kind)
    return holder === undefined || holder === kind
  }
}

function withoutClaimed(
  attachment: Attachment,
  kind: GroupKind,
  claims: HostnameClaims,
): Attachment {
  if (attachment.problem !== undefined) return attachment
  const listeners = attachment.listeners.flatMap(({ listener, hostnames }) => {
    const free = hostnames.filter((hostname) => claims.claim(listener, hostname, kind.kind))
    return free.length === 0 ? [] : [{ listener, hostnames: free }]
  })
  if (listeners.length > 0) return { ...attachment, listeners }
  const message =
    'older routes of another kind have every host name that the route shares with its listeners'
  return { ...attachment, listeners: [], problem: { reason: 'HostnameConflict', message } }
}

const ageOf = ({ metadata }: KubeObject) =>
  [metadata.creationTimestamp ?? '', metadata.namespace ?? '', metadata.name].join(' ')

function listRoutes(scope: Scope): readonly { object: KubeObject; kind: GroupKind }[] {
  const list = (kind: GroupKind) =>
    scope.source.objects.list(kind).map((object) => ({ object, kind }))
  const http = list(httpRouteKind)
  const grpc = list(grpcRouteKind)
  if (grpc.length === 0) return http
  return [...http, ...grpc].sort((left, right) =>
    ageOf(left.object) < ageOf(right.object) ? -1 : 1,
  )
}

/** Attaches every route, oldest first. */
export function attachRoutes(
  scope: Scope,
  gateways: readonly GatewayPlan[],
): readonly AttachedRoute[] {
  const parents = new Map(
    gateways
      .flatMap((gateway) => [
        { gateway, ...gateway, problem: undefined },
        ...gateway.listenerSets.map((set) => ({ gateway, ...set })),
      ])
      .map((parent): [string, RouteParent] => [keyOf(parent.reference), parent]),
  )
  const claims = new HostnameClaims()
  return listRoutes(scope).map(({ object, kind }) => {
    const attachments = containFailure<readonly Attachment[]>(
      () => findAttachments(scope, { object, kind }, parents, claims),
      () => [],
    )
    const byProfile = new Map<ControllerProfile, TranslatedRoute>()
    const translatedAt = (profile: ControllerProfile): TranslatedRoute => {
      const known = byProfile.get(profile)
      if (known !== undefined) return known
      const translated = containFailure(
        () => translateRoute(scope, object, kind, profile),
        (message) => ({ ...nothing, accepted: { reason: 'UnsupportedValue', message } }),
      )
      byProfile.set(profile, translated)
      return translated
    }
    return {
      ...{ object, kind },
      attachments: attachments.map((attachment) => ({
        ...attachment,
        translated: translatedAt(attachment.gateway.profile),
      })),
    }
  })
}

const nothing: TranslatedRoute = {
  ...{ routes: [], policies: [], backends: [], secretIds: [], services: [], delegated: [] },
  ...{ accepted: undefined, resolvedRefs: undefined, partiallyInvalid: undefined, remarks: [] },
}

function findAttachments(
  scope: Scope,
  { object, kind }: { readonly object: KubeObject; readonly kind: GroupKind },
  parents: ReadonlyMap<string, RouteParent>,
  claims: HostnameClaims,
): readonly Attachment[] {
  const spec = scope.source.specs.get<Partial<HttpRouteSpec>>(object)
  const { parentRefs = [], hostnames = [] } = spec
  return parentRefs.flatMap((parent) => {
    const found = findParent(parents, parent, object)
    if (found === undefined) return []
    const attachment = attachRoute(scope, { object, kind, hostnames }, parent, found)
    return [withoutClaimed(attachment, kind, claims)]
  })
}

function findParent(
  parents: ReadonlyMap<string, RouteParent>,
  { group = gatewayGroup, kind = gatewayKind.kind, namespace, name }: ParentReference,
  { metadata }: KubeObject,
): RouteParent | undefined {
  const isKnown = [gatewayKind.kind, listenerSetKind.kind].some((each) => each === kind)
  if (group !== gatewayGroup || !isKnown) return undefined
  return parents.get(keyOf({ kind, namespace: namespace ?? metadata.namespace ?? '', name }))
}
