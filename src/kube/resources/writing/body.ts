import type { KubeObject, ObjectMetadata } from '../../kube-object.ts'
import { isJsonObject, type JsonObject } from '../../schema/json-object.ts'
import { apiVersionOf } from '../object-version.ts'
import type { ObjectTarget, ResourceTarget } from '../resource-api.ts'
import { badRequestError, tooLargeError } from '../status-error.ts'

const maxDepth = 100
const maxBytes = 3 * 1024 * 1024

/** Reads the body of a creation: an object of the kind that the URL names, in its namespace. */
export function decodeBody(target: ResourceTarget, body: unknown): KubeObject {
  const { kind, namespace } = target
  const { definition } = kind
  if (!isJsonObject(body)) {
    throw badRequestError(`the object provided is unrecognized: expected a ${definition.kind}`)
  }
  checkDepth(body, definition.kind)
  checkType(body, apiVersionOf(kind), definition.kind)
  const metadata = decodeMetadata(body['metadata'], definition.kind)
  const found = metadata.namespace ?? ''
  if (found !== '' && found !== namespace) {
    throw badRequestError(
      'the namespace of the provided object does not match the namespace sent on the request',
    )
  }
  const { namespace: _, ...others } = metadata
  const placed = namespace === '' ? others : { ...metadata, namespace }
  return { ...body, apiVersion: apiVersionOf(kind), kind: definition.kind, metadata: placed }
}

/** Reads the body of a replacement, which names the object of the URL. */
export function decodeReplacement(target: ObjectTarget, body: unknown): KubeObject {
  const object = decodeBody(target, body)
  const { name = '' } = object.metadata
  if (name !== target.name) {
    throw badRequestError(
      `the name of the object (${name}) does not match the name on the URL (${target.name})`,
    )
  }
  return object
}

/** Refuses what is nested so deep that walking it could exhaust the stack. */
export function checkDepth(value: unknown, subject: string): void {
  if (isDeeperThan(maxDepth, value)) {
    throw badRequestError(`${subject} is nested deeper than ${maxDepth} levels`)
  }
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels < 0) return true
  if (Array.isArray(value)) return value.some((part) => isDeeperThan(levels - 1, part))
  for (const name in value) {
    if (isDeeperThan(levels - 1, (value as JsonObject)[name])) return true
  }
  return false
}

/** Refuses what is too large to be stored. */
export function checkSize(json: string): void {
  const { length } = json
  if (length > maxBytes) throw tooLargeError(`limit is ${maxBytes} bytes, found ${length}`)
}

function checkType(body: Readonly<Record<string, unknown>>, apiVersion: string, kind: string) {
  if (body['apiVersion'] !== undefined && body['apiVersion'] !== apiVersion) {
    throw badRequestError(
      `the API version in the data (${String(body['apiVersion'])}) does not match the expected API version (${apiVersion})`,
    )
  }
  if (body['kind'] !== undefined && body['kind'] !== kind) {
    throw badRequestError(
      `the kind in the data (${String(body['kind'])}) does not match the expected kind (${kind})`,
    )
  }
}

function decodeMetadata(
  metadata: unknown,
  kind: string,
): Partial<ObjectMetadata> & { name: string } {
  if (metadata === undefined || metadata === null) return { name: '' }
  if (!isJsonObject(metadata)) throw badRequestError(`metadata of ${kind} must be an object`)
  for (const field of ['name', 'namespace', 'generateName', 'resourceVersion', 'uid']) {
    const value = metadata[field]
    if (value === undefined || value === null || typeof value === 'string') continue
    throw badRequestError(`metadata.${field} of ${kind} must be a string`)
  }
  const present = Object.entries(metadata).filter(
    ([name, value]) => value !== null && !isLeftOut(name, value),
  )
  return { name: '', ...Object.fromEntries(present) }
}

/** What Kubernetes leaves out of metadata when nothing is in it, as after the last label was taken off. */
function isLeftOut(name: string, value: unknown): boolean {
  switch (name) {
    case 'annotations':
    case 'labels':
      return isJsonObject(value) && Object.keys(value).length === 0
    case 'finalizers':
    case 'ownerReferences':
      return Array.isArray(value) && value.length === 0
    default:
      return false
  }
}
