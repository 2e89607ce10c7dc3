import type { PrinterColumn } from '../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { isRecord } from '../../../lib/json/is-record.ts'

/** The column that kubectl ends most tables with, for kinds that show something after it. */
export const ageColumn: PrinterColumn = {
  name: 'Age',
  type: 'date',
  description: 'Time since the object was made.',
  value: '.metadata.creationTimestamp',
}

/** How many entries the named maps of an object hold together. */
export const entryCount =
  (...fields: readonly string[]) =>
  (object: KubeObject): number =>
    fields.reduce((sum, field) => {
      const value = object[field]
      const size = Array.isArray(value)
        ? value.length
        : isRecord(value)
          ? Object.keys(value).length
          : 0
      return sum + size
    }, 0)
