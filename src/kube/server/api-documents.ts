import { createHash } from 'node:crypto'
import { type AggregatedVersion, aggregatedDiscovery } from '../discovery/aggregated-discovery.ts'
import type { ApiGroup } from '../discovery/api-group.ts'
import { arrangeApiGroups } from '../discovery/arrange-api-groups.ts'
import {
  coreVersions,
  groupDocument,
  groupList,
  resourceList,
} from '../discovery/plain-discovery.ts'
import { createOpenApiV2, writeOpenApiV2Json } from '../openapi/openapi-v2.ts'
import { encodeOpenApiV2 } from '../openapi/openapi-v2-protobuf.ts'
import { createOpenApiV3 } from '../openapi/openapi-v3.ts'
import type { KindRegistry } from '../resources/kind-registry.ts'
import { notAcceptableError } from '../resources/status-error.ts'
import type { Answer } from './http/answer.ts'
import { parseAccept } from './http/negotiate.ts'

/** What the server says about itself: discovery and OpenAPI, made when first asked for after a change of kinds. */
export interface ApiDocuments {
  readonly groups: () => readonly ApiGroup[]
  /** Undefined where the path names no document. */
  readonly find: (request: DocumentRequest) => Answer | undefined
  readonly close: () => void
}

export interface DocumentRequest {
  readonly segments: readonly string[]
  readonly accept: string | undefined
  /** How the client reached the server. */
  readonly serverAddress: string
}

/** Keeps the documents of the registry's kinds; `version` is the server's own, such as `v1.33.0`. */
export function createApiDocuments(kinds: KindRegistry, version: string): ApiDocuments {
  let current = makeDocuments(kinds, version)
  const unsubscribe = kinds.subscribe(() => {
    current = makeDocuments(kinds, version)
  })
  return {
    groups: () => current.groups(),
    find: (request) => {
      const [first] = request.segments
      if (first === 'openapi') return findOpenApi(request, current)
      return findDiscovery(request, current.groups())
    },
    close: unsubscribe,
  }
}

type Documents = ReturnType<typeof makeDocuments>

function makeDocuments(kinds: KindRegistry, version: string) {
  const openApiV2 = once(() => createOpenApiV2(kinds.list(), version))
  return {
    groups: once(() => arrangeApiGroups(kinds.list())),
    v2Json: once(() => document(writeOpenApiV2Json(openApiV2()))),
    // The old name is no media type that Go's clients can parse.
    v2Protobuf: once(() => document(encodeOpenApiV2(openApiV2()), protobufTypes[1])),
    v3: once(() => createOpenApiV3(kinds.list(), version)),
  }
}

function findDiscovery(request: DocumentRequest, groups: readonly ApiGroup[]): Answer | undefined {
  const [root, ...rest] = request.segments
  const isCore = root === 'api'
  if (!isCore && root !== 'apis') return undefined
  if (rest.length === 0) {
    const wanted = groups.filter(({ name }) => (name === '') === isCore)
    const aggregated = aggregatedVersion(request.accept)
    if (aggregated !== undefined) {
      const contentType = `application/json;g=apidiscovery.k8s.io;v=${aggregated};as=APIGroupDiscoveryList`
      return document(JSON.stringify(aggregatedDiscovery(wanted, aggregated)), contentType)
    }
    const list = isCore ? coreVersions(groups, request.serverAddress) : groupList(groups)
    return document(JSON.stringify(list))
  }
  const [groupName, versionName, ...beyond] = isCore ? ['', ...rest] : rest
  const group = groups.find(({ name }) => name === groupName)
  if (!group || beyond.length > 0) return undefined
  if (versionName === undefined) return document(JSON.stringify(groupDocument(group)))
  const version = group.versions.find(({ name }) => name === versionName)
  return version && document(JSON.stringify(resourceList(group, version)))
}

function aggregatedVersion(accept: string | undefined): AggregatedVersion | undefined {
  for (const { type, parameters } of parseAccept(accept)) {
    if (type !== 'application/json') continue
    const version = parameters.get('v')
    if (parameters.get('as') === undefined) return undefined
    if (parameters.get('g') !== 'apidiscovery.k8s.io') continue
    if (version === 'v2' || version === 'v2beta1') return version
  }
  return undefined
}

/** Kubernetes renamed the type because `@` may not stand in one; old clients ask for the first, new for the second. */
const protobufTypes = [
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
]

const jsonTypes = ['application/json', 'application/*', '*/*']

function findOpenApi(request: DocumentRequest, documents: Documents): Answer | undefined {
  const [, version, ...rest] = request.segments
  if (version === 'v2' && rest.length === 0) {
    for (const { type } of parseAccept(request.accept)) {
      if (protobufTypes.includes(type)) return documents.v2Protobuf()
      if (jsonTypes.includes(type)) return documents.v2Json()
    }
    throw notAcceptableError(['application/json', ...protobufTypes])
  }
  if (version !== 'v3') return undefined
  if (!parseAccept(request.accept).some(({ type }) => jsonTypes.includes(type))) {
    throw notAcceptableError(['application/json'])
  }
  const { index, documents: byPath } = documents.v3()
  if (rest.length === 0) return document(JSON.stringify(index))
  const found = byPath.get(rest.join('/'))
  return found && document(found.json)
}

function document(body: string | Uint8Array, contentType = 'application/json'): Answer {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 32).toUpperCase()
  return { status: 200, contentType, body, headers: { etag: `"${hash}"` } }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
