import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { KnownCredentials } from '../credentials/known-credentials.ts'
import type { LoadTokenizer } from '../generation/tokenizer.ts'
import { InvalidDemandError } from '../invalid-demand-error.ts'
import { type Answer, jsonAnswer, type SimulatedProvider } from '../provider.ts'
import type { RequestLog } from '../recording/request-log.ts'
import type { ConnectionTable, ServerRequest } from './connection.ts'
import { deliver, type Pacing, type Wait } from './deliver.ts'
import { type Failure, readRequestedBehaviour } from './failure.ts'
import type { FailureQueue } from './failure-queue.ts'
import { findProvider } from './find-provider.ts'

/** What every exchange of a simulator shares. */
export interface ExchangeContext {
  readonly providers: readonly SimulatedProvider[]
  readonly log: RequestLog
  readonly failures: FailureQueue
  readonly connections: ConnectionTable
  readonly loadTokenizer: LoadTokenizer
  readonly knownCredentials: KnownCredentials
  readonly now: () => number
  readonly wait: Wait
  readonly pacing: Pacing
}

/** Largest body that is read; more than any provider takes as JSON. */
const mostBodyBytes = 32 * 1024 * 1024

/** One request from arrival to its end. */
export async function exchange(
  request: ServerRequest,
  response: ServerResponse | Http2ServerResponse,
  context: ExchangeContext,
): Promise<void> {
  const aborted = new AbortController()
  response.once('close', () => aborted.abort())
  // Errors of a connection show as its close.
  request.on('error', () => {})
  response.on('error', () => {})
  const { signal } = aborted
  const arrival = arrivalOf(request)
  const body = await readBody(request, signal)
  const found = findProvider(arrival, context.providers)
  const record = context.log.add({
    ...arrival,
    timeMs: context.now(),
    provider: found.provider?.name,
    httpVersion: request.httpVersion,
    rawHeaders: request.rawHeaders,
    body: body.bytes,
  })
  if (body.end === 'client-closed') {
    record({ end: 'client-closed', status: 0, events: 0 })
    return
  }
  const planned = plan(arrival, found, { headers: headersOf(request), context, body })
  const { failure } = planned
  record(
    await deliver(await planned.answer(), {
      response,
      signal,
      wait: context.wait,
      pacing: planned.pacing,
      failure: failure?.type === 'status' ? undefined : failure,
      reset: () => context.connections.reset(request, response),
      cut: () => context.connections.cut(request, response),
    }),
  )
}

interface Arrival {
  readonly method: string
  readonly target: string
  /** As sent, without port, in lower case. */
  readonly host: string
  readonly sni: string | undefined
}

function arrivalOf(request: ServerRequest): Arrival {
  const authority = 'authority' in request ? request.authority : undefined
  const socket = ('stream' in request ? request.stream.session?.socket : request.socket) as
    | TLSSocket
    | undefined
  const sni = socket?.servername
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    host: (authority || request.headers.host || '').toLowerCase().replace(/:\d+$/, ''),
    sni: typeof sni === 'string' && sni !== '' ? sni : undefined,
  }
}

function headersOf(request: ServerRequest): HeaderList {
  return new HeaderList(
    request.rawHeaders.map((text, index) => (index % 2 === 0 ? text.toLowerCase() : text)),
  )
}

interface ReceivedBody {
  readonly bytes: Buffer
  readonly end: 'complete' | 'too-large' | 'client-closed'
}

async function readBody(
  request: IncomingMessage | Http2ServerRequest,
  signal: AbortSignal,
): Promise<ReceivedBody> {
  const chunks: Buffer[] = []
  let length = 0
  const bytes = () => Buffer.concat(chunks)
  try {
    for await (const chunk of request) {
      length += (chunk as Buffer).length
      // The rest is still read, so that the client can finish sending and see the answer.
      if (length <= mostBodyBytes) chunks.push(chunk as Buffer)
    }
  } catch {
    return { bytes: bytes(), end: 'client-closed' }
  }
  if (signal.aborted) return { bytes: bytes(), end: 'client-closed' }
  return { bytes: bytes(), end: length > mostBodyBytes ? 'too-large' : 'complete' }
}

interface Planned {
  readonly failure: Failure | undefined
  readonly pacing: Pacing
  readonly answer: () => Promise<Answer>
}

/** Decides what a request gets: the refusal of a wrong host, a failure on demand, or the provider's answer. */
function plan(
  arrival: Arrival,
  found: ReturnType<typeof findProvider>,
  received: { headers: HeaderList; context: ExchangeContext; body: ReceivedBody },
): Planned {
  const { headers, context, body } = received
  const fixed = (answer: Answer): Planned => ({
    failure: undefined,
    pacing: context.pacing,
    answer: async () => answer,
  })
  if (found.provider === undefined) return fixed(jsonAnswer(421, { error: found.problem }))
  if (body.end === 'too-large') return fixed(found.provider.failure(413))
  const { provider } = found
  try {
    const requested = readRequestedBehaviour(headers)
    const failure = requested.failure ?? context.failures.take(arrival.host)
    const pacing = {
      timeToFirstTokenMs: requested.timeToFirstTokenMs ?? context.pacing.timeToFirstTokenMs,
      interTokenLatencyMs: requested.interTokenLatencyMs ?? context.pacing.interTokenLatencyMs,
    }
    if (failure?.type === 'status') return fixed(failureAnswer(provider, failure))
    const [path = '/', query = ''] = splitTarget(arrival.target)
    const request = {
      ...{ method: arrival.method, host: arrival.host },
      path,
      query: new URLSearchParams(query),
      headers,
      body: body.bytes,
      wantedTokens: requested.wantedTokens,
    }
    return { failure, pacing, answer: () => provider.answer(request, context) }
  } catch (error) {
    if (error instanceof InvalidDemandError) return fixed(jsonAnswer(400, { error: error.message }))
    throw error
  }
}

function splitTarget(target: string): [path: string, query: string] {
  const start = target.indexOf('?')
  return start < 0 ? [target, ''] : [target.slice(0, start), target.slice(start + 1)]
}

function failureAnswer(
  provider: SimulatedProvider,
  failure: Extract<Failure, { type: 'status' }>,
): Answer {
  const answer = provider.failure(failure.status)
  const { retryAfterSeconds } = failure
  if (retryAfterSeconds === undefined) return answer
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } }
}
