import type { KubeObject } from '../../../kube/kube-object.ts'
import { formatStatuses } from '../gloo-status.ts'
import type { ObjectTable } from './object-table.ts'

/** Kinds that have no table of their own yet: name and status. */
export const statusTable = (header: string): ObjectTable => ({
  headers: [header, 'Status'],
  rows: (objects: readonly KubeObject[]) =>
    objects.map((object) => [object.metadata.name, formatStatuses(object)]),
})
