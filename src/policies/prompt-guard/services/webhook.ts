import type { GatewayError } from '../../../errors/gateway-error.ts'
import type { Origin } from '../../../ir/origin.ts'
import type { GuardWebhook } from '../../../ir/policies/prompt-guard.ts'
import { isRecord } from '../../../lib/json/is-record.ts'
import type { PolicyServices, RequestContext } from '../../policy.ts'
import { compileHeaderChoice } from './forwarded-headers.ts'
import { askJson, type NoAnswer, noAnswer } from './json-service.ts'

/** A text that a webhook judges. */
export interface JudgedText {
  readonly role: string
  readonly content: string
}

/** What a webhook has decided over a list of texts. */
export type Verdict =
  | { readonly type: 'pass' }
  /** As many texts as were sent. */
  | { readonly type: 'mask'; readonly contents: readonly string[] }
  | { readonly type: 'reject'; readonly status: number | undefined; readonly message: string }

/** Asks a webhook for its verdict. */
export interface Webhook {
  judgeRequest(texts: readonly JudgedText[], context: RequestContext): Promise<Verdict | NoAnswer>
  judgeResponse(texts: readonly JudgedText[], context: RequestContext): Promise<Verdict | NoAnswer>
}

/** The protocol of Gloo AI Gateway's guardrail webhooks (https://docs.solo.io/gateway/latest/ai/prompt-guards/). */
export function compileWebhook(
  config: GuardWebhook,
  origin: Origin,
  services: Pick<PolicyServices, 'callBackend'>,
): Webhook | GatewayError {
  const choose = compileHeaderChoice(config, origin)
  if (typeof choose !== 'function') return choose

  const ask = (path: string, body: unknown, context: RequestContext) =>
    askJson(services, config, { path, headers: choose(context.headers), json: { body } }, context)

  return {
    judgeRequest: async (texts, context) => {
      const messages = texts.map(({ role, content }) => ({ role, content }))
      const answer = await ask('/request', { messages }, context)
      return 'type' in answer ? answer : readVerdict(answer.json, 'messages', texts.length)
    },
    judgeResponse: async (texts, context) => {
      const choices = texts.map(({ role, content }) => ({ message: { role, content } }))
      const answer = await ask('/response', { choices }, context)
      return 'type' in answer ? answer : readVerdict(answer.json, 'choices', texts.length)
    },
  }
}

function readVerdict(json: unknown, list: 'messages' | 'choices', count: number) {
  const action = fieldOf(json, 'action')
  if (!isRecord(action)) return noAnswer('the webhook names no action')
  const { body } = action
  if (body === undefined || body === null) {
    return action['status_code'] === undefined ? pass : noAnswer('the webhook refuses without body')
  }
  if (typeof body === 'string') {
    return list === 'messages' ? readRejection(body, action['status_code']) : notForResponses
  }
  return readMask(fieldOf(body, list), list, count)
}

const pass: Verdict = { type: 'pass' }
const notForResponses = noAnswer('the webhook refuses an answer, which it may only mask')

function readRejection(body: string, status: unknown): Verdict | NoAnswer {
  const message = body === '' ? 'Rejected by guardrails webhook' : body
  if (status === undefined || status === null) return { type: 'reject', status: undefined, message }
  const isStatus = Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599
  if (!isStatus) return noAnswer('the webhook refuses with a status that is none')
  return { type: 'reject', status: Number(status), message }
}

function readMask(items: unknown, list: 'messages' | 'choices', count: number): Verdict | NoAnswer {
  if (!Array.isArray(items) || items.length !== count) {
    return noAnswer(`the webhook masks another number of ${list} than were sent`)
  }
  const contents = items.map((item) =>
    fieldOf(list === 'messages' ? item : fieldOf(item, 'message'), 'content'),
  )
  if (!contents.every((content) => typeof content === 'string')) {
    return noAnswer(`the webhook masks ${list} with something that is no text`)
  }
  return { type: 'mask', contents }
}

function fieldOf(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined
}
