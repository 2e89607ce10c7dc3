import type { GroupKind } from '../kube-object.ts'

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export interface Status {
  readonly kind: 'Status'
  readonly apiVersion: 'v1'
  readonly metadata: { readonly continue?: string; readonly resourceVersion?: string }
  readonly status: 'Success' | 'Failure'
  readonly message?: string
  readonly reason?: StatusReason
  readonly details?: StatusDetails
  readonly code?: number
}

export type StatusReason =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Invalid'
  | 'Expired'
  | 'NotAcceptable'
  | 'UnsupportedMediaType'
  | 'MethodNotAllowed'
  | 'RequestEntityTooLarge'
  | 'TooManyRequests'
  | 'Timeout'
  | 'InternalError'

export interface StatusDetails {
  readonly name?: string
  readonly group?: string
  /** The plural, or the kind where Kubernetes says the kind. */
  readonly kind?: string
  readonly uid?: string
  readonly causes?: readonly StatusCause[]
  readonly retryAfterSeconds?: number
}

export interface StatusCause {
  /** Such as `FieldValueInvalid`. */
  readonly reason: string
  readonly message: string
  readonly field?: string
}

/** A refusal of the Kubernetes API: its `status` is the answer's body, `status.code` the HTTP status. */
export class ApiError extends Error {
  readonly status: Status & { readonly code: number }

  constructor(code: number, reason: StatusReason, message: string, details?: StatusDetails) {
    super(message)
    this.name = 'ApiError'
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(details === undefined ? {} : { details }),
      code,
    }
  }
}

/** What messages call a resource: `secrets`, `upstreams.gloo.solo.io`. */
export interface ResourceName {
  readonly group: string
  readonly plural: string
}

function qualified(group: string, name: string): string {
  return group === '' ? name : `${name}.${group}`
}

function detailsOf(resource: ResourceName, name: string): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
  }
}

/** `secrets "a" not found` */
export function notFoundError(resource: ResourceName, name: string): ApiError {
  const message = `${qualified(resource.group, resource.plural)} "${name}" not found`
  return new ApiError(404, 'NotFound', message, detailsOf(resource, name))
}

/** What a path that nothing is served at answers. */
export function pathNotFoundError(): ApiError {
  return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {})
}

/** `namespaces "a" not found` */
export function namespaceNotFoundError(namespace: string): ApiError {
  return notFoundError({ group: '', plural: 'namespaces' }, namespace)
}

/** `secrets "a" already exists` */
export function alreadyExistsError(resource: ResourceName, name: string): ApiError {
  const message = `${qualified(resource.group, resource.plural)} "${name}" already exists`
  return new ApiError(409, 'AlreadyExists', message, detailsOf(resource, name))
}

/** `Operation cannot be fulfilled on secrets "a": …` */
export function conflictError(
  resource: ResourceName,
  name: string,
  reason: string,
  causes?: readonly StatusCause[],
): ApiError {
  const subject = `${qualified(resource.group, resource.plural)} "${name}"`
  const message = `Operation cannot be fulfilled on ${subject}: ${reason}`
  const details = detailsOf(resource, name)
  return new ApiError(409, 'Conflict', message, causes ? { ...details, causes } : details)
}

/** The write was made from an older version of the object than the stored one. */
export function modifiedError(resource: ResourceName, name: string): ApiError {
  const reason =
    'the object has been modified; please apply your changes to the latest version and try again'
  return conflictError(resource, name, reason)
}

/** Fields of a server-side apply that other managers own; `causes` name them. */
export function applyConflictError(message: string, causes: readonly StatusCause[]): ApiError {
  return new ApiError(409, 'Conflict', message, { causes })
}

/** `Secret "a" is invalid: …`; each cause's message is what follows the field. */
export function invalidError(
  kind: GroupKind,
  name: string,
  causes: readonly StatusCause[],
): ApiError {
  const texts = causes.map(({ field, message }) => (field ? `${field}: ${message}` : message))
  const list = texts.length > 1 ? `[${texts.join(', ')}]` : (texts[0] ?? '')
  const message = `${qualified(kind.group, kind.kind)} "${name}" is invalid: ${list}`
  return new ApiError(422, 'Invalid', message, {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.kind,
    causes,
  })
}

/**
 * A patch that does not fit the object: as kube-apiserver answers it (NewGenericServerResponse of
 * k8s.io/apimachinery pkg/api/errors, without resource and name), and with the reason, which that keeps to itself.
 */
export function unprocessableError(reason: string): ApiError {
  const message = `the server rejected our request due to an error in our request: ${reason}`
  return new ApiError(422, 'Invalid', message, {})
}

export function badRequestError(message: string): ApiError {
  return new ApiError(400, 'BadRequest', message)
}

export function unauthorizedError(): ApiError {
  return new ApiError(401, 'Unauthorized', 'Unauthorized')
}

/** `secrets "a" is forbidden: …` */
export function forbiddenError(resource: ResourceName, name: string, reason: string): ApiError {
  const subject = `${qualified(resource.group, resource.plural)} "${name}"`
  return new ApiError(
    403,
    'Forbidden',
    `${subject} is forbidden: ${reason}`,
    detailsOf(resource, name),
  )
}

/** A resourceVersion or continue token from before what is remembered. */
export function expiredError(message: string): ApiError {
  return new ApiError(410, 'Expired', message)
}

export function methodNotAllowedError(resource: ResourceName, verb: string): ApiError {
  const message = `${verb} is not supported on resources of kind "${qualified(resource.group, resource.plural)}"`
  return new ApiError(405, 'MethodNotAllowed', message, detailsOf(resource, ''))
}

export function notAcceptableError(mediaTypes: readonly string[]): ApiError {
  const message = `only the following media types are accepted: ${mediaTypes.join(', ')}`
  return new ApiError(406, 'NotAcceptable', message)
}

export function unsupportedMediaTypeError(mediaTypes: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${mediaTypes.join(', ')}`
  return new ApiError(415, 'UnsupportedMediaType', message)
}

export function tooLargeError(message: string): ApiError {
  return new ApiError(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`)
}

export function internalError(message: string): ApiError {
  return new ApiError(500, 'InternalError', `Internal error occurred: ${message}`)
}

/** A resourceVersion that this store has not reached: from another store, or from before it was emptied. */
export function resourceVersionTooLargeError(wanted: number, current: number): ApiError {
  const message = `Too large resource version: ${wanted}, current: ${current}`
  return new ApiError(504, 'Timeout', message, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}
