import { isRecord } from '../../../lib/json/is-record.ts'
import type {
  DeleteOptions,
  ListRequest,
  SelectionOptions,
  WatchRequest,
  WriteOptions,
} from '../../resources/resource-api.ts'
import { badRequestError, invalidError } from '../../resources/status-error.ts'

/** A name for the client that wrote, where the query gives none: the product of its User-Agent. */
export function clientName(userAgent: string | undefined): string {
  const product = (userAgent ?? '').split('/')[0]?.slice(0, 128).trim() ?? ''
  return /^[\x20-\x7e]+$/.test(product) ? product : 'unknown'
}

/** Options of POST, PUT and PATCH; `action` names them in refusals, such as `CreateOptions`. */
export function readWriteOptions(
  query: URLSearchParams,
  action: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  userAgent: string | undefined,
): WriteOptions {
  const fieldManager = query.get('fieldManager') ?? ''
  if (fieldManager.length > 128) {
    throw optionError(action, 'fieldManager', 'Too long: may not be more than 128 bytes')
  }
  const fieldValidation = readOneOf(query, action, 'fieldValidation', ['Ignore', 'Warn', 'Strict'])
  return {
    // A server-side apply has to name its manager, so that none is made up for it.
    fieldManager:
      fieldManager === '' && action !== 'PatchOptions' ? clientName(userAgent) : fieldManager,
    fieldValidation,
    dryRun: readDryRun(query.getAll('dryRun'), action),
  }
}

/** Options of LIST, and what a deletion of a collection selects by. */
export function readListOptions(
  query: URLSearchParams,
): SelectionOptions & Omit<ListRequest, 'kind' | 'namespace'> {
  return {
    labelSelector: optional(query, 'labelSelector'),
    fieldSelector: optional(query, 'fieldSelector'),
    limit: readCount(query, 'limit'),
    continue: optional(query, 'continue'),
    resourceVersion: optional(query, 'resourceVersion'),
    resourceVersionMatch: optional(query, 'resourceVersionMatch'),
  }
}

/** Options of WATCH. */
export function readWatchOptions(query: URLSearchParams): Omit<WatchRequest, 'kind' | 'namespace'> {
  return {
    labelSelector: optional(query, 'labelSelector'),
    fieldSelector: optional(query, 'fieldSelector'),
    resourceVersion: optional(query, 'resourceVersion'),
    resourceVersionMatch: optional(query, 'resourceVersionMatch'),
    allowWatchBookmarks: readBoolean(query, 'allowWatchBookmarks'),
    sendInitialEvents: query.has('sendInitialEvents')
      ? readBoolean(query, 'sendInitialEvents')
      : undefined,
    timeoutSeconds: readCount(query, 'timeoutSeconds'),
  }
}

/** Options of DELETE, from its body and its query; the body has precedence, as in Kubernetes. */
export function readDeleteOptions(query: URLSearchParams, body: unknown): DeleteOptions {
  const options = readDeleteBody(body)
  const policies = ['Background', 'Foreground', 'Orphan'] as const
  const policy =
    options['propagationPolicy'] ?? query.get('propagationPolicy') ?? legacyPolicy(options)
  if (policy !== undefined && !policies.includes(policy as never)) {
    throw optionError('DeleteOptions', 'propagationPolicy', notSupported(policy, policies))
  }
  const grace = options['gracePeriodSeconds'] ?? readCount(query, 'gracePeriodSeconds')
  if (grace !== undefined && !(Number.isSafeInteger(grace) && Number(grace) >= 0)) {
    throw optionError('DeleteOptions', 'gracePeriodSeconds', 'Invalid value: must be a count')
  }
  return {
    preconditions: readPreconditions(options['preconditions']),
    propagationPolicy: policy as DeleteOptions['propagationPolicy'],
    gracePeriodSeconds: grace as number | undefined,
    dryRun: readDryRun([...query.getAll('dryRun'), ...strings(options['dryRun'])], 'DeleteOptions'),
  }
}

/** `true` and `1` are yes, `false`, `0` and nothing are no; anything else is refused. */
export function readBoolean(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)
  if (value === null || value === 'false' || value === '0') return false
  if (value === 'true' || value === '1' || value === '') return true
  throw badRequestError(`the query parameter ${name} must be true or false, and is ${quote(value)}`)
}

function readDeleteBody(body: unknown): Readonly<Record<string, unknown>> {
  if (body === undefined || body === null) return {}
  if (!isRecord(body))
    throw badRequestError('the body of a deletion must be a DeleteOptions object')
  const kind = body['kind'] ?? 'DeleteOptions'
  if (kind !== 'DeleteOptions') {
    throw badRequestError(`the body of a deletion must be DeleteOptions, and is ${quote(kind)}`)
  }
  return body
}

function legacyPolicy(options: Readonly<Record<string, unknown>>): string | undefined {
  if (options['orphanDependents'] === true) return 'Orphan'
  return options['orphanDependents'] === false ? 'Background' : undefined
}

function readPreconditions(value: unknown): DeleteOptions['preconditions'] {
  if (value === undefined || value === null) return undefined
  const { uid, resourceVersion } = isRecord(value) ? value : {}
  if (!isRecord(value) || !isOptionalText(uid) || !isOptionalText(resourceVersion)) {
    throw optionError(
      'DeleteOptions',
      'preconditions',
      'Invalid value: must hold uid, resourceVersion',
    )
  }
  return { uid, resourceVersion }
}

function readDryRun(values: readonly string[], action: string): boolean {
  const given = values.filter((value) => value !== '')
  const wrong = given.find((value) => value !== 'All')
  if (wrong !== undefined) throw optionError(action, 'dryRun', notSupported(wrong, ['All']))
  return given.length > 0
}

function readOneOf<const Name extends string>(
  query: URLSearchParams,
  action: string,
  name: string,
  allowed: readonly Name[],
): Name | undefined {
  const value = optional(query, name)
  if (value === undefined) return undefined
  const found = allowed.find((candidate) => candidate === value)
  if (found === undefined) throw optionError(action, name, notSupported(value, allowed))
  return found
}

function readCount(query: URLSearchParams, name: string): number | undefined {
  const value = optional(query, name)
  if (value === undefined) return undefined
  if (!/^\d{1,15}$/.test(value)) {
    throw badRequestError(`the query parameter ${name} must be a count, and is ${quote(value)}`)
  }
  return Number(value)
}

function optional(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name)
  return value === null || value === '' ? undefined : value
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string'
}

function notSupported(value: unknown, allowed: readonly string[]): string {
  return `Unsupported value: ${quote(value)}: supported values: ${allowed.map(quote).join(', ')}`
}

function optionError(action: string, field: string, message: string) {
  const cause = { reason: 'FieldValueInvalid', field, message }
  return invalidError({ group: 'meta.k8s.io', kind: action }, '', [cause])
}

function quote(value: unknown): string {
  return JSON.stringify(value)
}
