import { type CompleteAnswer, isJsonObject, type JsonObject } from '../../provider.ts'
import { openaiError } from './errors.ts'

/** What the API refuses about a chat request, as it says it; undefined when it would be served. */
export function findChatError(body: JsonObject): CompleteAnswer | undefined {
  const { model, messages } = body as { model?: unknown; messages?: unknown }
  if (model === undefined || model === '') {
    return openaiError(400, { message: 'you must provide a model parameter' })
  }
  if (typeof model !== 'string') return wrongType('model', 'a string', model)
  if (messages === undefined) {
    return openaiError(400, {
      message: "Missing required parameter: 'messages'.",
      param: 'messages',
      code: 'missing_required_parameter',
    })
  }
  if (!Array.isArray(messages)) return wrongType('messages', 'an array of objects', messages)
  if (messages.length === 0) {
    return openaiError(400, {
      message:
        "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      param: 'messages',
      code: 'empty_array',
    })
  }
  return (
    findMessageError(messages) ??
    findNumberError(body) ??
    findOptionError(body) ??
    findToolError(body)
  )
}

const roles = ['system', 'assistant', 'user', 'function', 'tool', 'developer']

function findMessageError(messages: readonly unknown[]): CompleteAnswer | undefined {
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`
    if (!isJsonObject(message)) return wrongType(at, 'an object', message)
    const { role, content } = message as { role?: unknown; content?: unknown }
    if (role === undefined) {
      return openaiError(400, {
        message: `Missing required parameter: '${at}.role'.`,
        param: `${at}.role`,
        code: 'missing_required_parameter',
      })
    }
    if (typeof role !== 'string' || !roles.includes(role)) {
      return openaiError(400, {
        message: `Invalid value: '${String(role).slice(0, 64)}'. Supported values are: ${roles.map((name) => `'${name}'`).join(', ')}.`,
        param: `${at}.role`,
        code: 'invalid_value',
      })
    }
    const problem =
      (role === 'tool' ? findResultError(messages, index) : undefined) ??
      findContentError(`${at}.content`, role, content)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** Inclusive bounds of numeric fields; `whole` ones are integers. */
const numbers = {
  temperature: { least: 0, most: 2, whole: false },
  top_p: { least: 0, most: 1, whole: false },
  presence_penalty: { least: -2, most: 2, whole: false },
  frequency_penalty: { least: -2, most: 2, whole: false },
  n: { least: 1, most: 128, whole: true },
  max_tokens: { least: 1, most: Number.MAX_SAFE_INTEGER, whole: true },
  max_completion_tokens: { least: 1, most: Number.MAX_SAFE_INTEGER, whole: true },
} as const

function findNumberError(body: JsonObject): CompleteAnswer | undefined {
  for (const [param, bounds] of Object.entries(numbers)) {
    const value = body[param]
    if (value === undefined || value === null) continue
    if (typeof value !== 'number' || (bounds.whole && !Number.isInteger(value))) {
      return wrongType(param, bounds.whole ? 'an integer' : 'a decimal', value)
    }
    if (value < bounds.least || value > bounds.most) return outOfBounds(param, value, bounds)
  }
  return undefined
}

function outOfBounds(
  param: string,
  value: number,
  bounds: { least: number; most: number; whole: boolean },
): CompleteAnswer {
  const kind = bounds.whole ? 'integer' : 'decimal'
  const low = value < bounds.least
  const expected = low ? `>= ${bounds.least}` : `<= ${bounds.most}`
  return openaiError(400, {
    message: `Invalid '${param}': ${kind} ${low ? 'below minimum' : 'above maximum'} value. Expected a value ${expected}, but got ${value} instead.`,
    param,
    code: `${kind}_${low ? 'below_min' : 'above_max'}_value`,
  })
}

function findOptionError(body: JsonObject): CompleteAnswer | undefined {
  const { stream, stream_options: streamOptions, stop } = body as Record<string, unknown>
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return wrongType('stream', 'a boolean', stream)
  }
  if (streamOptions !== undefined && streamOptions !== null) {
    if (!isJsonObject(streamOptions)) return wrongType('stream_options', 'an object', streamOptions)
    if (stream !== true) {
      return openaiError(400, {
        message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
        param: 'stream_options',
      })
    }
  }
  const sequences = [stop ?? []].flat()
  if (sequences.some((sequence) => typeof sequence !== 'string' || sequence === '')) {
    return wrongType('stop', 'a string or an array of non-empty strings', stop)
  }
  if (sequences.length <= 4) return undefined
  return openaiError(400, {
    message: `Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length ${sequences.length} instead.`,
    param: 'stop',
    code: 'array_above_max_length',
  })
}

function findContentError(param: string, role: string, content: unknown) {
  if (typeof content === 'string' || Array.isArray(content)) return undefined
  if (role === 'assistant' && (content === undefined || content === null)) return undefined
  return wrongType(param, 'one of a string or array of objects', content)
}

/** The result of a call says which call, and stands behind the message that made it. */
function findResultError(messages: readonly unknown[], index: number): CompleteAnswer | undefined {
  const result = messages[index]
  const param = `messages[${index}].tool_call_id`
  if (!isJsonObject(result) || typeof result['tool_call_id'] !== 'string') {
    const message = `Missing required parameter: '${param}'.`
    return openaiError(400, { message, param, code: 'missing_required_parameter' })
  }
  const before = messages
    .slice(0, index)
    .findLast((message) => isJsonObject(message) && message['role'] !== 'tool')
  if (isJsonObject(before) && Array.isArray(before['tool_calls'])) return undefined
  return openaiError(400, {
    message:
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    param: `messages.[${index}].role`,
  })
}

function findToolError({ tools }: JsonObject): CompleteAnswer | undefined {
  if (tools === undefined || tools === null) return undefined
  if (!Array.isArray(tools)) return wrongType('tools', 'an array of objects', tools)
  for (const [index, tool] of tools.entries()) {
    const called = isJsonObject(tool) && isJsonObject(tool['function']) ? tool['function'] : {}
    const param = `tools[${index}].function.name`
    if (called['name'] === undefined) {
      const message = `Missing required parameter: '${param}'.`
      return openaiError(400, { message, param, code: 'missing_required_parameter' })
    }
    if (typeof called['name'] !== 'string' || !/^[\w-]{1,64}$/.test(called['name'])) {
      const message = `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`
      return openaiError(400, { message, param, code: 'invalid_value' })
    }
  }
  return undefined
}

/** What the API says of a value of the wrong type. */
export function wrongType(param: string, expected: string, value: unknown): CompleteAnswer {
  return openaiError(400, {
    message: `Invalid type for '${param}': expected ${expected}, but got ${nameOfType(value)} instead.`,
    param,
    code: 'invalid_type',
  })
}

function nameOfType(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
