import { badRequestError, methodNotAllowedError } from '../../resources/status-error.ts'
import { type Exchange, setSafeHeaders } from '../http/answer.ts'
import { readBoolean } from './query-options.ts'
import type { ResourcePath } from './resource-path.ts'

/** What `kubectl logs` asks for. */
export interface PodLogRequest {
  readonly namespace: string
  readonly name: string
  /** Empty for the only container. */
  readonly container: string
  readonly follow: boolean
  readonly previous: boolean
  readonly timestamps: boolean
  readonly tailLines?: number | undefined
  readonly sinceSeconds?: number | undefined
  readonly sinceTime?: string | undefined
  readonly limitBytes?: number | undefined
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal
}

/** Yields pieces of a log; throws an ApiError before the first one where there is none. */
export type PodLogs = (request: PodLogRequest) => AsyncIterable<string | Uint8Array>

/** Answers `pods/<name>/log` as a stream of text. */
export async function servePodLogs(
  exchange: Exchange,
  path: ResourcePath,
  podLogs: PodLogs,
): Promise<void> {
  const { request, response } = exchange
  if (request.method !== 'GET') {
    throw methodNotAllowedError({ group: '', plural: 'pods/log' }, request.method)
  }
  const abort = new AbortController()
  response.once('close', () => abort.abort())
  const pieces = podLogs(readRequest(exchange.query, path, abort.signal))[Symbol.asyncIterator]()
  let next = await pieces.next()
  setSafeHeaders(response, { contentType: 'text/plain' })
  response.statusCode = 200
  while (next.done !== true && !abort.signal.aborted) {
    if (!response.write(next.value)) await untilDrained(response)
    next = await pieces.next()
  }
  await pieces.return?.()
  response.end()
}

function untilDrained(response: Exchange['response']): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  response.once('drain', resolve)
  response.once('close', resolve)
  return promise.finally(() => {
    response.off('drain', resolve)
    response.off('close', resolve)
  })
}

function readRequest(
  query: URLSearchParams,
  { namespace, name }: ResourcePath,
  signal: AbortSignal,
): PodLogRequest {
  return {
    namespace,
    name,
    container: query.get('container') ?? '',
    follow: readBoolean(query, 'follow'),
    previous: readBoolean(query, 'previous'),
    timestamps: readBoolean(query, 'timestamps'),
    tailLines: readNumber(query, 'tailLines'),
    sinceSeconds: readNumber(query, 'sinceSeconds'),
    sinceTime: query.get('sinceTime') ?? undefined,
    limitBytes: readNumber(query, 'limitBytes'),
    signal,
  }
}

function readNumber(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  if (value === null || value === '') return undefined
  if (!/^\d{1,15}$/.test(value)) {
    throw badRequestError(
      `the query parameter ${name} must be a count, and is ${JSON.stringify(value)}`,
    )
  }
  return Number(value)
}
