import type { KubeObject } from '../../kube-object.ts'
import { objectKeyOf } from '../../object-key.ts'
import { type ApiContext, referenceOf } from '../api-context.ts'
import { inServedVersion } from '../object-version.ts'
import type { GetRequest, ListRequest, ListResult, ObjectResult } from '../resource-api.ts'
import {
  type ApiError,
  badRequestError,
  expiredError,
  notFoundError,
  resourceVersionTooLargeError,
} from '../status-error.ts'
import { toScale } from '../writing/scale.ts'
import { type ContinueToken, decodeContinueToken, encodeContinueToken } from './continue-token.ts'
import { compileSelection } from './selection.ts'

/** The verbs that change nothing. */
export class Reader {
  readonly #context: ApiContext

  constructor(context: ApiContext) {
    this.#context = context
  }

  get(request: GetRequest): ObjectResult {
    const { kind, name, subresource } = request
    this.#checkReached(parseRevision(request.resourceVersion))
    const stored = this.#context.store.get(referenceOf(request))
    if (stored === undefined) throw notFoundError(kind.definition, name)
    const object = inServedVersion(kind, stored)
    return {
      object: subresource === 'scale' ? toScale(kind, object) : object,
      warnings: [],
      created: false,
    }
  }

  list(request: ListRequest): ListResult {
    const { kind, limit = 0 } = request
    const selects = compileSelection(kind, request)
    const token = request.continue ? decodeContinueToken(request.continue) : undefined
    const revision = this.#revisionOf(request, token)
    let found = this.#listAt(request, revision)
    if (token !== undefined) found = found.filter((object) => keyOf(object) > token.after)
    if (selects !== undefined) {
      found = found.filter((object) => selects(inServedVersion(kind, object)))
    }
    const page = limit > 0 && found.length > limit ? found.slice(0, limit) : found
    const last = page.at(-1)
    const items = page.map((object) => inServedVersion(kind, object))
    const resourceVersion = String(revision)
    if (page.length === found.length || last === undefined) {
      return { items, metadata: { resourceVersion } }
    }
    const next = encodeContinueToken({ revision, after: keyOf(last) })
    return {
      items,
      metadata: {
        resourceVersion,
        continue: next,
        ...(selects === undefined ? { remainingItemCount: found.length - page.length } : {}),
      },
    }
  }

  #revisionOf(request: ListRequest, token: ContinueToken | undefined): number {
    const { store } = this.#context
    if (token !== undefined) {
      if (request.resourceVersion && request.resourceVersion !== '0') {
        throw badRequestError('specifying resource version is not allowed when using continue')
      }
      if (token.revision < 0) return store.revision
      if (token.revision >= store.history.oldest) return Math.min(token.revision, store.revision)
      throw expiredContinue(token)
    }
    const wanted = parseRevision(request.resourceVersion)
    this.#checkReached(wanted)
    if (request.resourceVersionMatch !== 'Exact') return store.revision
    if (wanted === undefined || wanted === 0) {
      throw badRequestError('resourceVersionMatch "Exact" is forbidden without a resourceVersion')
    }
    return wanted
  }

  #checkReached(wanted: number | undefined): void {
    const { revision } = this.#context.store
    if (wanted !== undefined && wanted > revision) {
      throw resourceVersionTooLargeError(wanted, revision)
    }
  }

  /** The objects as they were after a write, in order. */
  #listAt({ kind, namespace }: ListRequest, revision: number): readonly KubeObject[] {
    const { store } = this.#context
    const { definition } = kind
    const current = store.list(definition, namespace)
    if (revision === store.revision) return current
    const later = store.history.since(revision)
    if (later === undefined) {
      throw expiredError(`The resourceVersion for the provided list is too old: ${revision}`)
    }
    const objects = new Map(current.map((object) => [keyOf(object), object]))
    for (const change of later.toReversed()) {
      if (change.kind.kind !== definition.kind || change.kind.group !== definition.group) continue
      if (namespace !== '' && change.object.metadata.namespace !== namespace) continue
      if (change.previous === undefined) objects.delete(keyOf(change.object))
      else objects.set(keyOf(change.object), change.previous)
    }
    return [...objects.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
  }
}

/** A resourceVersion of a request; undefined when there is none. */
export function parseRevision(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw badRequestError(`Invalid value: "${text}": resourceVersion must be a number or empty`)
}

function keyOf(object: KubeObject): string {
  return objectKeyOf(object.metadata.namespace ?? '', object.metadata.name)
}

/** The answer carries a token with which the rest can still be had, as it is now. */
function expiredContinue(token: ContinueToken): ApiError {
  const error = expiredError(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  )
  const rest = encodeContinueToken({ revision: -1, after: token.after })
  Object.assign(error.status.metadata, { continue: rest })
  return error
}
