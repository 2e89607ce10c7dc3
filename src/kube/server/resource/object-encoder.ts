import type { KubeObject } from '../../kube-object.ts'
import { readJsonOf } from '../../object-json.ts'
import type { ServedKind } from '../../resources/kind-registry.ts'
import type { ListResult } from '../../resources/resource-api.ts'
import { badRequestError } from '../../resources/status-error.ts'
import {
  createTableBuilder,
  type IncludeObject,
  partialObjectMetadata,
  type TableBuilder,
} from '../../table/table.ts'
import { type Answer, jsonAnswer, yamlAnswer } from '../http/answer.ts'
import type { Accepted } from '../http/negotiate.ts'

/** Writes objects, lists and watched objects of one kind in the form that one request accepts. */
export interface ObjectEncoder {
  readonly encodeObject: (object: KubeObject, status: number) => Answer
  readonly encodeList: (result: ListResult) => Answer
  /** One object of a watch, as JSON. */
  readonly encodeWatched: (object: KubeObject) => string
}

export interface EncoderOptions {
  readonly kind: ServedKind
  readonly accepted: Accepted
  readonly query: URLSearchParams
  readonly now: () => number
}

/** Chooses how to write by what the client accepts. */
export function createObjectEncoder(options: EncoderOptions): ObjectEncoder {
  const { accepted } = options
  if (accepted.as === undefined) return createPlainEncoder(options)
  if (accepted.as.type === 'Table') return createTableEncoder(options, accepted.as.metaVersion)
  return createMetadataEncoder(options, accepted.as.metaVersion)
}

function createPlainEncoder({ kind, accepted }: EncoderOptions): ObjectEncoder {
  const { definition, version } = kind
  const apiVersion = definition.group === '' ? version.name : `${definition.group}/${version.name}`
  const listKind = `${definition.kind}List`
  const json = (body: string, status: number): Answer => ({
    status,
    contentType: 'application/json',
    body,
  })
  const isYaml = accepted.encoding === 'yaml'
  return {
    encodeObject: (object, status) =>
      isYaml ? yamlAnswer(object, status) : json(readJsonOf(object), status),
    encodeList: ({ items, metadata }) => {
      const head = { apiVersion, kind: listKind, metadata }
      if (isYaml) return yamlAnswer({ ...head, items })
      return json(
        `${JSON.stringify(head).slice(0, -1)},"items":[${items.map(readJsonOf).join(',')}]}`,
        200,
      )
    },
    encodeWatched: readJsonOf,
  }
}

function createTableEncoder(options: EncoderOptions, metaVersion: string): ObjectEncoder {
  const { kind, accepted, query, now } = options
  const builder = createTableBuilder(kind.version, metaVersion)
  const includeObject = readIncludeObject(query)
  const write = accepted.encoding === 'yaml' ? yamlAnswer : jsonAnswer
  const table = (objects: readonly KubeObject[], metadata: object, withColumns = true) =>
    tableOf({ builder, objects, metadata, metaVersion, includeObject, withColumns, nowMs: now() })
  let isFirst = true
  return {
    encodeObject: (object, status) =>
      write(table([object], { resourceVersion: object.metadata.resourceVersion }), status),
    encodeList: ({ items, metadata }) => write(table(items, metadata)),
    encodeWatched: (object) => {
      const { resourceVersion } = object.metadata
      const written = JSON.stringify(table([object], { resourceVersion }, isFirst))
      isFirst = false
      return written
    },
  }
}

interface TableParts {
  readonly builder: TableBuilder
  readonly objects: readonly KubeObject[]
  readonly metadata: object
  readonly metaVersion: string
  readonly includeObject: IncludeObject
  /** Later events of a watch leave the columns out. */
  readonly withColumns: boolean
  readonly nowMs: number
}

function tableOf(parts: TableParts): object {
  const { builder, includeObject, nowMs } = parts
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${parts.metaVersion}`,
    metadata: parts.metadata,
    columnDefinitions: parts.withColumns ? builder.columnDefinitions : null,
    rows: parts.objects.map((object) => builder.row(object, includeObject, nowMs)),
  }
}

function createMetadataEncoder(options: EncoderOptions, metaVersion: string): ObjectEncoder {
  const write = options.accepted.encoding === 'yaml' ? yamlAnswer : jsonAnswer
  const partial = (object: KubeObject) => partialObjectMetadata(object, metaVersion)
  return {
    encodeObject: (object, status) => write(partial(object), status),
    encodeList: ({ items, metadata }) =>
      write({
        kind: 'PartialObjectMetadataList',
        apiVersion: `meta.k8s.io/${metaVersion}`,
        metadata,
        items: items.map(partial),
      }),
    encodeWatched: (object) => JSON.stringify(partial(object)),
  }
}

function readIncludeObject(query: URLSearchParams): IncludeObject {
  const value = query.get('includeObject') || 'Metadata'
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value
  throw badRequestError(
    `the query parameter includeObject must be None, Metadata or Object, and is ${JSON.stringify(value)}`,
  )
}
