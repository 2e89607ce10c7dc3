import type { KubeObject } from '../../kube/kube-object.ts'
import { isJsonObject, type JsonObject, setField } from '../../kube/schema/json-object.ts'
import { stringifyYaml } from '../../lib/yaml.ts'
import { CommandError } from '../command-error.ts'
import { formatBoxedTable } from '../table/boxed-table.ts'
import { fieldAt, objectAt, textAt } from './fields.ts'
import type { ObjectTable } from './get/object-table.ts'

const formats = ['table', 'wide', 'yaml', 'kube-yaml', 'json'] as const

export type OutputFormat = (typeof formats)[number]

/** Reads the value of `-o`. */
export function parseOutputFormat(text: string): OutputFormat {
  const format = formats.find((candidate) => candidate === (text === 'yml' ? 'yaml' : text))
  if (format !== undefined) return format
  throw new CommandError(`${text} is not a valid output type; use ${formats.join(', ')}`)
}

/** Objects as the vendor's tool prints them. `wide` has nothing to add to `table`. */
export function formatObjects(
  objects: readonly KubeObject[],
  table: ObjectTable,
  format: OutputFormat,
): string {
  switch (format) {
    case 'table':
    case 'wide':
      return formatBoxedTable(table.headers, table.rows(objects))
    case 'kube-yaml':
      return objects.map((object) => `${stringifyYaml(toManifest(object))}\n`).join('\n---\n')
    case 'yaml':
      return objects.every((object) => object.kind === 'Secret')
        ? formatObjects(objects, table, 'kube-yaml')
        : objects.map((object) => `---\n${stringifyYaml(toResource(object))}`).join('')
    case 'json':
      return `${JSON.stringify(objects.map(toResource), null, 2)}\n`
  }
}

/** The object without what only the server knows, keys in alphabetical order, fit to be applied again. */
function toManifest(object: KubeObject): unknown {
  const { apiVersion, kind } = object
  if (kind === 'Secret') {
    return sorted({ apiVersion, kind, metadata: metadataOf(object), ...secretPart(object) })
  }
  const { spec, status } = object
  return sorted({
    ...{ apiVersion, kind, metadata: metadataOf(object) },
    ...(spec === undefined ? {} : { spec }),
    status: status ?? {},
  })
}

/** Values that are text are shown as text; those of a TLS secret as base64, as the vendor's tool does. */
function secretPart(object: KubeObject): JsonObject {
  const data = objectAt(object, 'data')
  const plain = objectAt(object, 'stringData')
  const type = textAt(object, 'type')
  if (type === 'kubernetes.io/tls') {
    return { data: { ...data, ...mapValues(plain, encodeBase64) }, type }
  }
  return { stringData: { ...mapValues(data, decodeBase64), ...plain }, type }
}

const encodeBase64 = (text: string) => Buffer.from(text).toString('base64')
const decodeBase64 = (text: string) => Buffer.from(text, 'base64').toString()

function mapValues(object: JsonObject, change: (text: string) => string): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, change(String(value))]),
  )
}

const kindFieldBySecretType: Readonly<Record<string, string>> = {
  'kubernetes.io/tls': 'tls',
  'extauth.solo.io/apikey': 'apiKey',
  'extauth.solo.io/oauth': 'oauth',
}

const tlsNames: Readonly<Record<string, string>> = {
  'tls.crt': 'certChain',
  'tls.key': 'privateKey',
  'ca.crt': 'rootCa',
  'tls.ocsp-staple': 'ocspStaple',
}

/** The object as Gloo's own resource: the spec's fields at the top level. */
function toResource(object: KubeObject): unknown {
  const metadata = metadataOf(object)
  if (object.kind === 'Secret') return sorted({ metadata, ...secretResource(object) })
  const statuses = fieldAt(object, 'status', 'statuses')
  return sorted({
    ...objectAt(object, 'spec'),
    metadata,
    ...(isJsonObject(statuses) ? { namespacedStatuses: { statuses } } : {}),
  })
}

function secretResource(object: KubeObject): JsonObject {
  const data = mapValues(objectAt(object, 'data'), decodeBase64)
  const entries = { ...data, ...objectAt(object, 'stringData') }
  const field = kindFieldBySecretType[textAt(object, 'type')]
  if (field === undefined) return { header: { headers: entries } }
  if (field === 'oauth') return { oauth: { clientSecret: entries['client-secret'] ?? '' } }
  if (field === 'apiKey') {
    const { 'api-key': apiKey, ...metadata } = entries
    const more = Object.keys(metadata).length > 0 ? { metadata } : {}
    return { apiKey: { apiKey, ...more } }
  }
  const named = Object.entries(entries).map(([name, value]) => [tlsNames[name] ?? name, value])
  return { tls: Object.fromEntries(named) }
}

const metadataFields = [
  ...['annotations', 'generation', 'labels', 'name', 'namespace', 'ownerReferences'],
  'resourceVersion',
] as const

function metadataOf({ metadata }: KubeObject): JsonObject {
  const known = metadata as unknown as JsonObject
  return Object.fromEntries(
    metadataFields.flatMap((field) => (known[field] === undefined ? [] : [[field, known[field]]])),
  )
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isJsonObject(value)) return value
  const result: Record<string, unknown> = {}
  for (const name of Object.keys(value).sort()) setField(result, name, sorted(value[name]))
  return result
}
