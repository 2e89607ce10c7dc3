import type { KubeObject } from '../../../../kube/kube-object.ts'
import { isRecord } from '../../../record.ts'
import { type Condition, ConditionMaker } from '../../conditions.ts'
import type { ParentReference } from '../../kinds/fields/references.ts'
import type { Attachment } from '../routes/attach-route.ts'
import type { AttachedRoute } from '../routes/attached-routes.ts'

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

function parentStatusOf(
  { object, translated }: AttachedRoute,
  { parent, gateway, problem }: Attachment,
  remarks: readonly string[],
): ParentStatus {
  const make = new ConditionMaker(object)
  const { accepted, resolvedRefs, partiallyInvalid } = translated
  return {
    parentRef: parent,
    controllerName: gateway.profile.controllerName,
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

/** What is to be said of a route; undefined: nothing, because no parent is served here. */
export function createRouteStatus(
  route: AttachedRoute,
  ownControllers: ReadonlySet<string>,
  remarks: readonly string[] = [],
): unknown {
  const entries = statusEntriesOf(route.object, 'parents')
  const { foreign, hasOwn } = splitEntries(entries, ownControllers)
  if (route.attachments.length === 0 && !hasOwn) return undefined
  const own = route.attachments.map((attachment) => parentStatusOf(route, attachment, remarks))
  return { parents: [...foreign, ...own] }
}
