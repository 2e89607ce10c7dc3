import type { KubeObject } from '../../kube-object.ts'
import type {
  ObjectResult,
  ObjectTarget,
  PatchRequest,
  ResourceApi,
} from '../../resources/resource-api.ts'
import {
  methodNotAllowedError,
  notAcceptableError,
  pathNotFoundError,
  unsupportedMediaTypeError,
} from '../../resources/status-error.ts'
import { decodeBody } from '../body/decode-body.ts'
import {
  type BodyLimits,
  mediaTypeOf,
  readBody,
  readObject,
  readOptionalObject,
} from '../body/read-body.ts'
import { type Answer, type Exchange, jsonAnswer } from '../http/answer.ts'
import { type Accepted, negotiate } from '../http/negotiate.ts'
import { createObjectEncoder, type ObjectEncoder } from './object-encoder.ts'
import {
  clientName,
  readBoolean,
  readDeleteOptions,
  readListOptions,
  readWatchOptions,
  readWriteOptions,
} from './query-options.ts'
import type { ResourcePath } from './resource-path.ts'
import { serveWatch } from './serve-watch.ts'

export interface ResourceService {
  readonly api: ResourceApi
  readonly limits: BodyLimits
  readonly now: () => number
}

/** Carries out one verb on one resource. Answers nothing itself where the answer is a stream. */
export async function serveResource(
  exchange: Exchange,
  path: ResourcePath,
  service: ResourceService,
): Promise<Answer | undefined> {
  const { request, query } = exchange
  if (!isServedSubresource(path)) throw pathNotFoundError()
  const call: Call = {
    exchange,
    path,
    service,
    encoder: createObjectEncoder({
      kind: path.kind,
      accepted: acceptedForm(request.headers.accept, path),
      query,
      now: service.now,
    }),
  }
  return path.name === '' ? serveCollection(call) : serveObject(call)
}

interface Call {
  readonly exchange: Exchange
  readonly path: ResourcePath
  readonly service: ResourceService
  readonly encoder: ObjectEncoder
}

function acceptedForm(header: string | undefined, path: ResourcePath): Accepted {
  const accepted = negotiate(header)
  if (!accepted) throw notAcceptableError(['application/json', 'application/yaml'])
  // A Scale has no columns of its own.
  return path.subresource === 'scale' ? { encoding: accepted.encoding } : accepted
}

function isServedSubresource({ kind: { version }, subresource }: ResourcePath): boolean {
  if (subresource === 'status') return version.statusSubresource
  if (subresource === 'scale') return version.scaleSubresource !== undefined
  return subresource === ''
}

async function serveCollection(call: Call): Promise<Answer | undefined> {
  const { exchange, path, service, encoder } = call
  const { request, query } = exchange
  const { kind, namespace } = path
  switch (request.method) {
    case 'GET':
    case 'HEAD': {
      if (!readBoolean(query, 'watch')) {
        const options = readListOptions(query)
        return encoder.encodeList(service.api.list({ kind, namespace, ...options }))
      }
      const options = readWatchOptions(query)
      serveWatch(exchange, service.api, { kind, namespace, ...options }, encoder)
      return undefined
    }
    case 'POST':
      return serveCreate(call)
    case 'DELETE': {
      if (kind.definition.scope === 'Namespaced' && namespace === '') throw notAllowed(call)
      const body = await readOptionalObject(exchange.request, service.limits)
      const result = service.api.deleteCollection({
        kind,
        namespace,
        ...readListOptions(query),
        ...readDeleteOptions(query, body),
      })
      return encoder.encodeList(result)
    }
    default:
      throw notAllowed(call)
  }
}

async function serveCreate(call: Call): Promise<Answer> {
  const { exchange, path, service } = call
  const { kind, namespace } = path
  if (kind.definition.scope === 'Namespaced' && namespace === '') throw notAllowed(call)
  const options = readWriteOptions(
    exchange.query,
    'CreateOptions',
    exchange.request.headers['user-agent'],
  )
  const { value, duplicateFields } = await readObject(exchange.request, service.limits)
  const result = service.api.create({ kind, namespace, object: value, ...options, duplicateFields })
  return answerResult(call, result)
}

async function serveObject(call: Call): Promise<Answer | undefined> {
  const { exchange, service, encoder } = call
  const { request, query } = exchange
  switch (request.method) {
    case 'GET':
    case 'HEAD': {
      const resourceVersion = query.get('resourceVersion') || undefined
      return answerResult(call, service.api.get({ ...targetOf(call), resourceVersion }))
    }
    case 'PUT': {
      const options = readWriteOptions(query, 'UpdateOptions', request.headers['user-agent'])
      const { value, duplicateFields } = await readObject(request, service.limits)
      const update = { ...targetOf(call), object: value, ...options, duplicateFields }
      return answerResult(call, service.api.update(update))
    }
    case 'PATCH':
      return servePatch(call)
    case 'DELETE': {
      if (call.path.subresource !== '') throw notAllowed(call)
      const options = readDeleteOptions(
        query,
        await readOptionalObject(exchange.request, service.limits),
      )
      const { body, warnings } = service.api.delete({ ...targetOf(call), ...options })
      const answer = isStatus(body) ? jsonAnswer(body) : encoder.encodeObject(body, 200)
      return { ...answer, warnings }
    }
    default:
      throw notAllowed(call)
  }
}

const patchTypes: Readonly<Record<string, PatchRequest['patchType'] | 'apply'>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

async function servePatch(call: Call): Promise<Answer> {
  const { exchange, service } = call
  const { request, query } = exchange
  const patchType = patchTypes[mediaTypeOf(request)]
  if (patchType === undefined) throw unsupportedMediaTypeError(Object.keys(patchTypes))
  const userAgent = request.headers['user-agent']
  const options = readWriteOptions(query, 'PatchOptions', userAgent)
  const text = await readBody(request, service.limits)
  const { value, duplicateFields } = decodeBody(text, patchType === 'apply' ? 'yaml' : 'json')
  const patch = { ...targetOf(call), patch: value, ...options, duplicateFields }
  if (patchType === 'apply') {
    const force = readBoolean(query, 'force')
    return answerResult(call, service.api.apply({ ...patch, force }))
  }
  const fieldManager = options.fieldManager || clientName(userAgent)
  return answerResult(call, service.api.patch({ ...patch, patchType, fieldManager }))
}

function targetOf({ path }: Call): ObjectTarget {
  const { kind, namespace, name, subresource } = path
  const isNamed = subresource === 'status' || subresource === 'scale'
  return { kind, namespace, name, subresource: isNamed ? subresource : undefined }
}

function answerResult({ encoder }: Call, result: ObjectResult): Answer {
  const answer = encoder.encodeObject(result.object, result.created ? 201 : 200)
  return { ...answer, warnings: result.warnings }
}

function isStatus(body: KubeObject | { readonly kind: 'Status' }): body is { kind: 'Status' } {
  return body.kind === 'Status'
}

function notAllowed({ exchange, path }: Call) {
  const { group, plural } = path.kind.definition
  return methodNotAllowedError({ group, plural }, exchange.request.method)
}
