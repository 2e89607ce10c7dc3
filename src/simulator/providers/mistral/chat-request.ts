import { isJsonObject, type JsonObject } from '../../provider.ts'
import type { MistralDetail } from './errors.ts'

/** Fields of a chat request; the API refuses every other one. */
const fields = [
  ...['model', 'messages', 'temperature', 'top_p', 'max_tokens', 'stream', 'stop', 'random_seed'],
  ...['response_format', 'tools', 'tool_choice', 'parallel_tool_calls', 'presence_penalty'],
  ...['frequency_penalty', 'n', 'prediction', 'prompt_mode', 'reasoning_effort', 'safe_prompt'],
  ...['metadata', 'guardrails', 'prompt_cache_key'],
]

/** Everything that is wrong with a chat request; empty when it would be served. */
export function findChatDetails(body: JsonObject): MistralDetail[] {
  return [
    ...findMissing(body, ['model', 'messages']),
    ...findUnknown(body, fields),
    ...findWrongModel(body),
    ...findWrongMessages(body['messages']),
    ...findWrongNumbers(body),
    ...findWrongOptions(body),
  ]
}

export function findMissing(body: JsonObject, required: readonly string[]): MistralDetail[] {
  return required
    .filter((field) => body[field] === undefined)
    .map((field) => ({ type: 'missing', loc: ['body', field], msg: 'Field required', input: body }))
}

export function findUnknown(body: JsonObject, known: readonly string[]): MistralDetail[] {
  return Object.keys(body)
    .filter((field) => !known.includes(field))
    .map((field) => ({
      type: 'extra_forbidden',
      loc: ['body', field],
      msg: 'Extra inputs are not permitted',
      input: body[field],
    }))
}

export function findWrongModel(body: JsonObject): MistralDetail[] {
  const model = body['model']
  if (model === undefined || typeof model === 'string') return []
  return [stringType(['body', 'model'], model)]
}

function stringType(loc: MistralDetail['loc'], input: unknown): MistralDetail {
  return { type: 'string_type', loc, msg: 'Input should be a valid string', input }
}

const roles = ['system', 'user', 'assistant', 'tool']

function findWrongMessages(messages: unknown): MistralDetail[] {
  const loc = ['body', 'messages']
  if (messages === undefined) return []
  if (!Array.isArray(messages)) {
    return [{ type: 'list_type', loc, msg: 'Input should be a valid list', input: messages }]
  }
  if (messages.length === 0) {
    const msg = 'List should have at least 1 item after validation, not 0'
    return [{ type: 'too_short', loc, msg, input: messages }]
  }
  return messages.flatMap((message: unknown, index): MistralDetail[] => {
    if (isJsonObject(message) && roles.includes(String(message['role']))) {
      return findWrongContent(message, [...loc, index])
    }
    const msg = `Input tag found using 'role' does not match any of the expected tags: ${roles.map((role) => `'${role}'`).join(', ')}`
    return [{ type: 'union_tag_invalid', loc: [...loc, index], msg, input: message }]
  })
}

function findWrongContent(message: JsonObject, loc: MistralDetail['loc']): MistralDetail[] {
  const role = String(message['role'])
  const content = message['content']
  if (typeof content === 'string' || Array.isArray(content)) return []
  const isEmpty = content === undefined || content === null
  return role === 'assistant' && isEmpty ? [] : [stringType([...loc, role, 'content'], content)]
}

/** Inclusive bounds of numeric fields; `whole` ones are integers. */
const numbers = {
  temperature: { least: 0, most: 1.5, whole: false },
  top_p: { least: 0, most: 1, whole: false },
  presence_penalty: { least: -2, most: 2, whole: false },
  frequency_penalty: { least: -2, most: 2, whole: false },
  n: { least: 1, most: 128, whole: true },
  max_tokens: { least: 0, most: Number.MAX_SAFE_INTEGER, whole: true },
  random_seed: { least: 0, most: Number.MAX_SAFE_INTEGER, whole: true },
} as const

function findWrongNumbers(body: JsonObject): MistralDetail[] {
  return Object.entries(numbers).flatMap(([field, bounds]) => {
    const input = body[field]
    const wrong = input === undefined || input === null ? undefined : findWrongNumber(input, bounds)
    return wrong === undefined ? [] : [{ ...wrong, loc: ['body', field], input }]
  })
}

function findWrongNumber(
  input: unknown,
  bounds: { least: number; most: number; whole: boolean },
): { type: string; msg: string } | undefined {
  const { least, most, whole } = bounds
  if (typeof input !== 'number' || (whole && !Number.isInteger(input))) {
    return whole
      ? { type: 'int_type', msg: 'Input should be a valid integer' }
      : { type: 'float_type', msg: 'Input should be a valid number' }
  }
  if (input < least) {
    return {
      type: 'greater_than_equal',
      msg: `Input should be greater than or equal to ${least}`,
    }
  }
  if (input <= most) return undefined
  return { type: 'less_than_equal', msg: `Input should be less than or equal to ${most}` }
}

function findWrongOptions(body: JsonObject): MistralDetail[] {
  const { stream, stop } = body as Record<string, unknown>
  const details: MistralDetail[] = []
  if (stream !== undefined && typeof stream !== 'boolean') {
    const msg = 'Input should be a valid boolean'
    details.push({ type: 'bool_type', loc: ['body', 'stream'], msg, input: stream })
  }
  if ([stop ?? []].flat().some((sequence) => typeof sequence !== 'string' || sequence === '')) {
    details.push(stringType(['body', 'stop'], stop))
  }
  return details
}
