import type { KindVersion, PrinterColumn } from '../kind-definition.ts'
import type { KubeObject } from '../kube-object.ts'
import { humanDuration } from './human-duration.ts'
import { compileJsonPath } from './json-path.ts'

/** How much of each object a row carries (https://kubernetes.io/docs/reference/using-api/api-concepts/#table-resource-representations). */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

export interface TableRow {
  readonly cells: readonly (string | number | boolean | null)[]
  readonly object?: unknown
}

/** Builds the rows that kubectl prints for one version of a kind. */
export interface TableBuilder {
  readonly columnDefinitions: readonly Readonly<Record<string, unknown>>[]
  readonly row: (object: KubeObject, includeObject: IncludeObject, nowMs: number) => TableRow
}

type Cell = (object: KubeObject, nowMs: number) => string | number | boolean | null

const nameColumn: PrinterColumn = {
  name: 'Name',
  type: 'string',
  description: 'Name must be unique within a namespace.',
  value: '.metadata.name',
}

const ageColumn: PrinterColumn = {
  name: 'Age',
  type: 'date',
  description: 'Time since the object was created.',
  value: '.metadata.creationTimestamp',
}

/** Compiles the columns of a kind once, for any number of rows; `metaVersion` is `v1` or `v1beta1`. */
export function createTableBuilder(version: KindVersion, metaVersion: string): TableBuilder {
  const declares = (wanted: string) =>
    version.columns.some(({ name }) => name.toLowerCase() === wanted)
  const columns = [
    ...(declares('name') ? [] : [nameColumn]),
    ...version.columns,
    ...(version.showsAge === false || declares('name') || declares('age') ? [] : [ageColumn]),
  ]
  const cells = columns.map(compileCell)
  return {
    columnDefinitions: columns.map(({ name, type, format, description, priority }) => ({
      name,
      type,
      format: format ?? (name === 'Name' ? 'name' : ''),
      description: description ?? '',
      priority: priority ?? 0,
    })),
    row: (object, includeObject, nowMs) => ({
      cells: cells.map((cell) => cell(object, nowMs)),
      ...includedObject(object, includeObject, metaVersion),
    }),
  }
}

/** What stands in for an object where a client asks for its metadata alone. */
export function partialObjectMetadata(object: KubeObject, metaVersion: string): KubeObject {
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: `meta.k8s.io/${metaVersion}`,
    metadata: object.metadata,
  }
}

function includedObject(
  object: KubeObject,
  includeObject: IncludeObject,
  metaVersion: string,
): { object?: unknown } {
  if (includeObject === 'None') return {}
  if (includeObject === 'Object') return { object }
  return { object: partialObjectMetadata(object, metaVersion) }
}

function compileCell(column: PrinterColumn): Cell {
  const { value } = column
  if (typeof value === 'function') {
    return (object, nowMs) => {
      const found = value(object)
      if (found === undefined) return null
      return column.type === 'date' ? ageCell(found, nowMs) : found
    }
  }
  const path = compileJsonPath(value)
  return (object, nowMs) => {
    const found = path.find(object)
    if (column.type === 'date') return ageCell(found[0], nowMs)
    return found.length === 0 ? null : cellOf(found, column.type)
  }
}

function ageCell(timestamp: unknown, nowMs: number): string {
  if (timestamp === undefined) return '<unknown>'
  const timeMs = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN
  return Number.isNaN(timeMs) ? '<invalid>' : humanDuration(nowMs - timeMs)
}

function cellOf(
  found: readonly unknown[],
  type: PrinterColumn['type'],
): string | number | boolean | null {
  const [first] = found
  if (type === 'boolean') return typeof first === 'boolean' ? first : null
  if (type === 'integer') return typeof first === 'number' ? Math.trunc(first) : null
  if (type === 'number') return typeof first === 'number' ? first : null
  return found
    .map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)))
    .join(' ')
}
