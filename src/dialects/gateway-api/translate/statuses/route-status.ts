import type { KubeObject, ObjectReference } from '../../../../kube/kube-object.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import { recordsIn } from '../../../record.ts'
import { type Condition, ConditionMaker, type Problem } from '../../conditions.ts'
import type { ParentReference } from '../../kinds/fields/references.ts'
import { gatewayGroup } from '../../names.ts'
import type { AttachedRoute } from '../routes/attached-routes.ts'
import type { Delegation } from '../routes/delegations.ts'
import type { RouteConditions } from '../rules/route-conditions.ts'

interface ParentStatus {
  readonly parentRef: ParentReference
  readonly controllerName: string
  readonly conditions: readonly Condition[]
}

const maxRemarks = 10

function messageOf(own: readonly string[], contributed: readonly string[]): string {
  const remarks = [...new Set([...own, ...contributed])]
  const more = remarks.length - maxRemarks
  const shown = remarks.slice(0, maxRemarks).join('; ')
  return more > 0 ? `${shown}; and ${more} more` : shown
}

/** A route at a Gateway, or at a route that hands requests to it. */
interface RouteAtParent {
  readonly parent: ParentReference
  readonly controllerName: string
  readonly translated: RouteConditions
  /** Why the parent does not take it. */
  readonly problem: Problem | undefined
}

function parentStatusOf(
  { object }: AttachedRoute,
  { parent, controllerName, translated, problem }: RouteAtParent,
  remarks: readonly string[],
): ParentStatus {
  const make = new ConditionMaker(object)
  const { accepted, resolvedRefs, partiallyInvalid } = translated
  return {
    ...{ parentRef: parent, controllerName },
    conditions: [
      make.expect('Accepted', problem ?? accepted, messageOf(translated.remarks, remarks)),
      make.expect('ResolvedRefs', resolvedRefs),
      ...(partiallyInvalid === undefined
        ? []
        : [make.make('PartiallyInvalid', 'True', partiallyInvalid)]),
    ],
  }
}

/** The entries of a list in a status, such as `parents`. */
export function statusEntriesOf(object: KubeObject, list: string): readonly unknown[] {
  const status = isRecord(object['status']) ? object['status'] : {}
  return Array.isArray(status[list]) ? status[list] : []
}

/** Entries of controllers that Sluice does not act as stay as they are. */
export function splitEntries(
  entries: readonly unknown[],
  ownControllers: ReadonlySet<string>,
): { readonly foreign: readonly unknown[]; readonly hasOwn: boolean } {
  const isOwn = (entry: unknown) =>
    isRecord(entry) && ownControllers.has(String(entry['controllerName']))
  const foreign = entries.filter((entry) => !isOwn(entry))
  return { foreign, hasOwn: foreign.length < entries.length }
}

/** A parent as the route itself names it, or by its full name. */
function parentReferenceOf(
  { metadata, ...object }: KubeObject,
  { group, kind, namespace, name }: ObjectReference,
): ParentReference {
  const spec = isRecord(object['spec']) ? object['spec'] : {}
  const own = recordsIn(spec['parentRefs']).find(
    (each) =>
      (each['group'] ?? gatewayGroup) === group &&
      each['kind'] === kind &&
      each['name'] === name &&
      (each['namespace'] ?? metadata.namespace) === namespace,
  )
  return own === undefined ? { group, kind, namespace, name } : (own as unknown as ParentReference)
}

/** What else is known of a route. */
interface RouteRemarks {
  /** What contributions want operators to know. */
  readonly remarks: readonly string[]
  readonly delegations: readonly Delegation[]
}

/** What is to be said of a route; undefined: nothing, because no parent is served here. */
export function createRouteStatus(
  route: AttachedRoute,
  ownControllers: ReadonlySet<string>,
  { remarks, delegations }: RouteRemarks = { remarks: [], delegations: [] },
): unknown {
  const entries = statusEntriesOf(route.object, 'parents')
  const { foreign, hasOwn } = splitEntries(entries, ownControllers)
  if (route.attachments.length + delegations.length === 0 && !hasOwn) return undefined
  const attached = route.attachments.map(({ parent, gateway, translated, problem }) => ({
    ...{ parent, translated, problem },
    controllerName: gateway.profile.controllerName,
  }))
  const delegated = delegations.map(({ parent, controllerName, conditions, problem }) => ({
    ...{ parent: parentReferenceOf(route.object, parent), controllerName },
    ...{ translated: conditions, problem },
  }))
  const own = [...attached, ...delegated].map((each) => parentStatusOf(route, each, remarks))
  return { parents: [...foreign, ...own] }
}
