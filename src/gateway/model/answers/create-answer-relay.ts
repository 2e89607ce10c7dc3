import { emptyPiece } from '../../../lib/http/body-piece.ts'
import type { UsageScan } from '../../../llm/usage-scan.ts'
import { type AnswerKind, answerKindOf, headerValueOf } from '../../response/answer-kind.ts'
import type { AnswerRelay } from '../../response/answer-relay.ts'
import { ResponseRelay, type UpstreamResponseHead } from '../../response/response-relay.ts'
import { withoutBodyHeaders } from '../../response/without-body-headers.ts'
import type { ModelExchange } from '../model-exchange.ts'
import { EditedStreamRelay } from './edited-stream-relay.ts'
import type { CountTokens } from './estimate-usage.ts'
import { MeteredRelay } from './metered-relay.ts'
import { StreamOpening } from './stream-opening.ts'
import { UsageMeter } from './usage-meter.ts'
import { type AnswerParts, unreadableAnswer, WholeAnswerRelay } from './whole-answer-relay.ts'
import { WholeScan } from './whole-scan.ts'

/** Chooses how a model's answer goes to the client: as little of it is read as the route's policies allow. */
export function createAnswerRelay(parts: AnswerParts, countTokens: CountTokens): AnswerRelay {
  const { exchange, model, head, owner } = parts
  const { policies } = model
  const isBodiless = exchange.method === 'HEAD' || head.status === 204 || head.status === 304
  if (isBodiless) return plain(parts)
  const kind = answerKindOf(head.headers)
  const { onModelResponse, createStreamEditor } = policies
  if (isStream(model, kind) && createStreamEditor.length > 0) {
    const stream = openStream(parts, countTokens)
    if (stream !== undefined) {
      return new EditedStreamRelay(edited(parts), stream.reader, stream.meter)
    }
  }
  if (kind === 'json' && onModelResponse.length > 0) {
    return new WholeAnswerRelay(parts, createPaidMeter(parts, undefined, countTokens))
  }
  if (mustRead(parts, kind)) {
    const problem = 'it is neither JSON nor a stream of events that is known'
    owner.refuseAnswer(unreadableAnswer(model, head.status, problem))
    return refused
  }
  return head.status >= 400 ? plain(parts) : createMetered(parts, kind, countTokens)
}

/** Gemini streams an array of JSON, errors included, unless it is asked for events. */
function isStream({ call }: ModelExchange, kind: AnswerKind): boolean {
  return kind === 'events' || (kind === 'json' && call.streaming)
}

/** Nothing of the answer reaches the client. */
const refused: AnswerRelay = { push: () => undefined, end: () => undefined, committed: true }

function plain({ exchange, call, head, owner }: AnswerParts): ResponseRelay {
  return new ResponseRelay(exchange, call, head, owner)
}

/** A policy that looks at answers must see each of them; one that looks away from a stream still sees JSON. */
function mustRead({ model }: AnswerParts, kind: AnswerKind): boolean {
  const { onModelResponse, createStreamEditor, strictReader } = model.policies
  if (strictReader === undefined) return false
  const readers = [...onModelResponse, ...createStreamEditor]
  if (!readers.some(({ readsModelCall }) => readsModelCall === 'required')) return false
  return kind === 'json' ? onModelResponse.length === 0 : true
}

/** Undefined: the answer is no stream that can be told apart into events. */
export function createStreamOpening(
  model: ModelExchange,
  head: UpstreamResponseHead,
): StreamOpening | undefined {
  if (!isStream(model, answerKindOf(head.headers))) return undefined
  const contentType = headerValueOf(head.headers, 'content-type') ?? ''
  const reader = model.endpoint?.format?.createStreamReader(contentType, { hideUsage: false })
  return reader && new StreamOpening(reader)
}

function createMetered(
  parts: AnswerParts,
  kind: AnswerKind,
  countTokens: CountTokens,
): AnswerRelay {
  const { format, head, model } = parts
  const contentType = headerValueOf(head.headers, 'content-type') ?? ''
  const isArray = kind === 'json' && isStream(model, kind) && readsStream(parts, contentType)
  const streamType = kind === 'events' || isArray ? contentType : undefined
  const meter = createMeter(parts, streamType, countTokens)
  if (kind === 'other') return new MeteredRelay(plain(parts), unread, meter)
  const hideUsage = model.hidesUsage && kind === 'events'
  const relay = plain(hideUsage ? edited(parts) : parts)
  const isWhole = kind === 'json' && !isArray
  const scan = isWhole
    ? new WholeScan(format, headerValueOf(head.headers, 'content-length'))
    : format.createUsageScan({ hideUsage })
  return new MeteredRelay(relay, scan, meter)
}

/** What cannot be read has cost something all the same: all of it counts. */
const unread: UsageScan = {
  push: (piece) => piece,
  end: () => emptyPiece,
  usage: undefined,
  model: undefined,
  isWhole: false,
}

function readsStream({ format }: AnswerParts, contentType: string): boolean {
  return format.createStreamReader(contentType, { hideUsage: false }) !== undefined
}

function openStream(parts: AnswerParts, countTokens: CountTokens) {
  const { format, head, model } = parts
  const streamType = headerValueOf(head.headers, 'content-type') ?? ''
  const reader = format.createStreamReader(streamType, { hideUsage: model.hidesUsage })
  if (reader === undefined) return undefined
  return { reader, meter: createPaidMeter(parts, streamType, countTokens) }
}

/** Undefined: the answer is an error, which costs nothing. */
function createPaidMeter(
  parts: AnswerParts,
  streamType: string | undefined,
  countTokens: CountTokens,
): UsageMeter | undefined {
  return parts.head.status >= 400 ? undefined : createMeter(parts, streamType, countTokens)
}

function createMeter(
  { format, model }: AnswerParts,
  streamType: string | undefined,
  countTokens: CountTokens,
): UsageMeter {
  const meter = new UsageMeter({ call: model.call, format, streamType, countTokens })
  model.meter = meter
  return meter
}

/** Of an answer whose body becomes another. */
function edited(parts: AnswerParts): AnswerParts {
  return { ...parts, head: withoutBodyHeaders(parts.head) }
}
