import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { Origin } from '../../ir/origin.ts'
import type { RequestGuard } from '../../ir/policies/prompt-guard.ts'

/** The refusal that the operator has worded. */
export function rejected({ status, message }: RequestGuard['refusal']): GatewayError {
  return gatewayError('prompt-rejected', message, { status })
}

/** Refuses a request that nobody could judge, in the same words; the log tells why. */
export function rejectedUnjudged(refusal: RequestGuard['refusal'], reason: string): GatewayError {
  const { status, message } = refusal
  return gatewayError('guard-unavailable', message, { status, cause: reason })
}

/** Stops an answer that nobody could judge. */
export function unjudgedAnswer(origin: Origin, reason: string): GatewayError {
  return gatewayError(
    'guard-unavailable',
    `The prompt guard of ${nameOf(origin)} could not judge the answer.`,
    { cause: reason },
  )
}

/** Stops an answer in a form in which texts are not known. */
export function unreadableAnswer(origin: Origin): GatewayError {
  return gatewayError(
    'unreadable-answer',
    `The prompt guard of ${nameOf(origin)} cannot read the answer of the model.`,
  )
}

/** Stops a stream of which more would have to be held back than may be. */
export function heldTooMuch(origin: Origin): GatewayError {
  return gatewayError(
    'prompt-rejected',
    `The prompt guard of ${nameOf(origin)} holds back more of the answer than it may.`,
  )
}

/** Stops a stream with an event of which the texts are longer than are looked over at once. */
export function tooLongEvent(origin: Origin, limit: number): GatewayError {
  return gatewayError(
    'unreadable-answer',
    `The prompt guard of ${nameOf(origin)} cannot read the answer of the model: an event has more than ${limit} characters of text.`,
  )
}

function nameOf({ kind, namespace, name }: Origin): string {
  return `${kind} ${namespace}/${name}`
}
