import { type ChatCall, type ChatTurn, contentText } from '../../../chat/chat-call.ts'
import { fingerprint } from '../../../generation/fingerprint.ts'
import {
  type CompleteAnswer,
  isJsonObject,
  type JsonObject,
  type SimulatedRequest,
} from '../../../provider.ts'
import { anyObject, readTool, readToolChoice } from '../chat-call.ts'
import { wrongType } from '../chat-request.ts'
import { openaiError } from '../errors.ts'

/** What the API refuses about a request, as it says it; undefined when it would be served. */
export function findResponseError(body: JsonObject): CompleteAnswer | undefined {
  const { model, input, previous_response_id: previous } = body as Record<string, unknown>
  if (model === undefined || model === '') return missing('model')
  if (typeof model !== 'string') return wrongType('model', 'a string', model)
  if (input === undefined) return missing('input')
  if (typeof previous === 'string') {
    return openaiError(400, {
      message: `Previous response with id '${previous}' not found.`,
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    })
  }
  return findInputError(input) ?? findToolsError(body['tools']) ?? findLimitError(body)
}

function missing(param: string): CompleteAnswer {
  const message = `Missing required parameter: '${param}'.`
  return openaiError(400, { message, param, code: 'missing_required_parameter' })
}

const roles = ['user', 'assistant', 'system', 'developer']

function findInputError(input: unknown): CompleteAnswer | undefined {
  if (typeof input === 'string') return undefined
  if (!Array.isArray(input)) return wrongType('input', 'one of a string or array of objects', input)
  for (const [index, item] of input.entries()) {
    const at = `input[${index}]`
    if (!isJsonObject(item)) return wrongType(at, 'an object', item)
    const { type = 'message', role, content } = item as Record<string, unknown>
    if (type !== 'message') continue
    if (!roles.includes(String(role))) {
      const message = `Invalid value: '${String(role).slice(0, 64)}'. Supported values are: ${roles.map((name) => `'${name}'`).join(', ')}.`
      return openaiError(400, { message, param: `${at}.role`, code: 'invalid_value' })
    }
    if (typeof content !== 'string' && !Array.isArray(content)) {
      return wrongType(`${at}.content`, 'one of a string or array of objects', content)
    }
  }
  return undefined
}

function findToolsError(tools: unknown): CompleteAnswer | undefined {
  if (tools === undefined || tools === null) return undefined
  if (!Array.isArray(tools)) return wrongType('tools', 'an array of objects', tools)
  for (const [index, tool] of tools.entries()) {
    if (!isJsonObject(tool)) return wrongType(`tools[${index}]`, 'an object', tool)
    if (tool['type'] === undefined) return missing(`tools[${index}].type`)
    if (tool['type'] === 'function' && tool['name'] === undefined) {
      return missing(`tools[${index}].name`)
    }
  }
  return undefined
}

function findLimitError(body: JsonObject): CompleteAnswer | undefined {
  const { max_output_tokens: limit, stream } = body as Record<string, unknown>
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return wrongType('stream', 'a boolean', stream)
  }
  if (limit === undefined || limit === null) return undefined
  if (typeof limit !== 'number' || !Number.isInteger(limit)) {
    return wrongType('max_output_tokens', 'an integer', limit)
  }
  if (limit >= 16) return undefined
  return openaiError(400, {
    message: `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${limit} instead.`,
    param: 'max_output_tokens',
    code: 'integer_below_min_value',
  })
}

/** Reads a request that {@link findResponseError} finds nothing wrong with. */
export function readResponseCall(body: JsonObject, request: SimulatedRequest): ChatCall {
  const { model, input, instructions, temperature, tools } = body as Record<string, unknown>
  const limit = body['max_output_tokens']
  const items: readonly JsonObject[] =
    typeof input === 'string' ? [{ role: 'user', content: input }] : (input as JsonObject[])
  const system: ChatTurn[] =
    typeof instructions === 'string' ? [{ role: 'system', text: instructions }] : []
  return {
    seed: fingerprint('openai responses', model, instructions, items, temperature),
    turns: [...system, ...items.map(readTurn)],
    tools: ((tools ?? []) as JsonObject[])
      .filter(({ type }) => type === 'function')
      .map((tool) => readTool(tool)),
    toolChoice: readToolChoice(body['tool_choice']),
    outputSchema: readOutputSchema(body['text']),
    maxTokens: typeof limit === 'number' ? limit : undefined,
    stop: [],
    wantedTokens: request.wantedTokens,
  }
}

function readTurn(item: JsonObject): ChatTurn {
  switch (item['type']) {
    case 'function_call':
      return { role: 'assistant', text: `${item['name']} ${item['arguments']}` }
    case 'function_call_output':
      return { role: 'tool', text: contentText(item['output']) }
    default:
      return { role: roleOf(item['role']), text: contentText(item['content']) }
  }
}

function roleOf(role: unknown): ChatTurn['role'] {
  if (role === 'assistant') return 'assistant'
  return role === 'system' || role === 'developer' ? 'system' : 'user'
}

function readOutputSchema(text: unknown): JsonObject | undefined {
  const format = isJsonObject(text) ? text['format'] : undefined
  if (!isJsonObject(format)) return undefined
  if (format['type'] === 'json_object') return anyObject
  if (format['type'] !== 'json_schema') return undefined
  return isJsonObject(format['schema']) ? format['schema'] : anyObject
}
