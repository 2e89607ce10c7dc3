import { isJsonObject, type JsonObject } from '../../kube/schema/json-object.ts'
import type { ApiClient } from '../api/api-client.ts'
import { formatPlainTable } from '../table/plain-table.ts'

const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'

interface TableRequest {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly isWide: boolean
  readonly withNamespace: boolean
}

/** The server's table of an object or a list; empty where there is no object. */
export async function readTable(
  client: ApiClient,
  { path, query, isWide, withNamespace }: TableRequest,
): Promise<string> {
  const answer = await client.request({
    ...{ method: 'GET', accept },
    path: `${path}?${new URLSearchParams(query)}`,
  })
  const columns = objectsIn(answer['columnDefinitions'])
  const rows = objectsIn(answer['rows'])
  if (rows.length === 0) return ''
  const isShown = columns.map(({ priority }) => isWide || priority === undefined || priority === 0)
  const pick = <Value>(values: readonly Value[]) => values.filter((_, index) => isShown[index])
  const headers = pick(columns.map(({ name }) => String(name)))
  const cells = rows.map((row) => [
    ...(withNamespace ? [namespaceOf(row)] : []),
    ...pick(Array.isArray(row['cells']) ? row['cells'].map(cellText) : []),
  ])
  return formatPlainTable(withNamespace ? ['Namespace', ...headers] : headers, cells)
}

const objectsIn = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : []

const cellText = (cell: unknown): string =>
  cell === null || cell === undefined ? '<none>' : String(cell)

function namespaceOf(row: JsonObject): string {
  const object = isJsonObject(row['object']) ? row['object'] : {}
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {}
  return String(metadata['namespace'] ?? '')
}
