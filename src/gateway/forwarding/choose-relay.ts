import { createAnswerRelay } from '../model/answers/create-answer-relay.ts'
import { maskErrorAnswer } from '../redaction/mask-error-answer.ts'
import { maskErrorEvents } from '../redaction/mask-error-events.ts'
import type { Exchange } from '../request/exchange.ts'
import type { AnswerRelay } from '../response/answer-relay.ts'
import {
  type RelayOwner,
  ResponseRelay,
  type UpstreamResponseHead,
} from '../response/response-relay.ts'
import type { UpstreamCall } from '../upstream/upstream-client.ts'

/** What takes an answer to the client: errors and answers of models are looked into on their way. */
export function chooseRelay(
  exchange: Exchange,
  call: UpstreamCall,
  head: UpstreamResponseHead,
  owner: RelayOwner,
): AnswerRelay {
  const { model } = exchange
  if (head.status < 400 && model === undefined) {
    return new ResponseRelay(exchange, call, head, owner)
  }
  const createRelay = (seen: UpstreamResponseHead) => createReader(exchange, call, seen, owner)
  const answer = { exchange, head, owner, createRelay }
  return head.status < 400 ? maskErrorEvents(answer) : maskErrorAnswer(answer)
}

/** What reads of an answer what the route's policies ask for. */
function createReader(
  exchange: Exchange,
  call: UpstreamCall,
  head: UpstreamResponseHead,
  owner: RelayOwner,
): AnswerRelay {
  const { model } = exchange
  const format = model?.readsAnswers === true ? model.endpoint?.format : undefined
  if (model === undefined || format === undefined) {
    return new ResponseRelay(exchange, call, head, owner)
  }
  const parts = { exchange, model, format, call, head, owner }
  return createAnswerRelay(parts, exchange.services.countTokens)
}
