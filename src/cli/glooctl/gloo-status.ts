import type { KubeObject } from '../../kube/kube-object.ts'
import { isJsonObject } from '../../kube/schema/json-object.ts'
import { fieldAt, objectAt, textAt } from './fields.ts'

/** What one controller says about an object. */
export interface ReportedStatus {
  /** Namespace of the controller. */
  readonly reporter: string
  readonly state: string
  readonly reason: string
  readonly subresources: readonly SubresourceStatus[]
}

export interface SubresourceStatus {
  readonly name: string
  readonly state: string
  readonly reason: string
}

const states = ['Pending', 'Accepted', 'Rejected', 'Warning']

/**
 * Reads a status as Gloo's controllers write it: `statuses` by the controller's namespace, or the flat form of
 * older releases. Undefined when the object has none.
 */
export function readStatuses(object: KubeObject): readonly ReportedStatus[] | undefined {
  const statuses = fieldAt(object, 'status', 'statuses')
  if (isJsonObject(statuses)) {
    const entries = Object.entries(statuses)
    return entries.length === 0
      ? undefined
      : entries.map(([reporter, status]) => ({ reporter, ...readStatus(status) }))
  }
  const status = objectAt(object, 'status')
  if (status['state'] === undefined) return undefined
  return [{ reporter: textAt(status, 'reportedBy'), ...readStatus(status) }]
}

/** One status alone, several with the name of their controller; `Pending` where nobody has said anything. */
export function formatStatuses(
  object: KubeObject,
  format: (status: ReportedStatus) => string = ({ state }) => state,
): string {
  const statuses = readStatuses(object) ?? []
  const [only] = statuses
  if (only === undefined) return 'Pending'
  if (statuses.length === 1) return format(only)
  return statuses.map((status) => `${status.reporter}: ${format(status)}`).join('\n')
}

function readStatus(status: unknown): Omit<ReportedStatus, 'reporter'> {
  const subresources = Object.entries(objectAt(status, 'subresourceStatuses'))
  return {
    state: readState(status),
    reason: textAt(status, 'reason'),
    subresources: subresources.map(([name, value]) => ({
      ...{ name, state: readState(value), reason: textAt(value, 'reason') },
    })),
  }
}

function readState(status: unknown): string {
  const state = fieldAt(status, 'state')
  if (typeof state === 'number') return states[state] ?? String(state)
  return typeof state === 'string' && state !== '' ? state : 'Pending'
}
