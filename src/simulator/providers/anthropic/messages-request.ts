import { type ChatCall, type ChatTurn, contentText, type ToolChoice } from '../../chat/chat-call.ts'
import { fingerprint } from '../../generation/fingerprint.ts'
import { isJsonObject, type JsonObject, type SimulatedRequest } from '../../provider.ts'

/** What is wrong with a request, as the API says it; undefined when it would be served. */
export function findMessagesError(
  body: JsonObject,
  required: readonly string[],
): string | undefined {
  const missing = required.find((field) => body[field] === undefined)
  if (missing !== undefined) return `${missing}: Field required`
  return (
    findScalarError(body) ??
    findSystemError(body['system']) ??
    findTurnsError(body['messages']) ??
    findToolsError(body['tools'])
  )
}

/** Inclusive bounds of numeric fields; `whole` ones are integers. */
const numbers = {
  max_tokens: { least: 1, most: Number.MAX_SAFE_INTEGER, whole: true },
  temperature: { least: 0, most: 1, whole: false },
  top_p: { least: 0, most: 1, whole: false },
  top_k: { least: 0, most: Number.MAX_SAFE_INTEGER, whole: true },
} as const

function findScalarError(body: JsonObject): string | undefined {
  const { model, stream, stop_sequences: stop } = body as Record<string, unknown>
  if (model !== undefined && typeof model !== 'string')
    return 'model: Input should be a valid string'
  if (model === '') return 'model: String should have at least 1 character'
  if (stream !== undefined && typeof stream !== 'boolean') {
    return 'stream: Input should be a valid boolean'
  }
  if (stop !== undefined && !isTexts(stop)) return 'stop_sequences: Input should be a valid list'
  return findNumberError(body)
}

function findNumberError(body: JsonObject): string | undefined {
  for (const [field, { least, most, whole }] of Object.entries(numbers)) {
    const value = body[field]
    if (value === undefined) continue
    if (typeof value !== 'number') return `${field}: Input should be a valid number`
    if (whole && !Number.isInteger(value)) return `${field}: Input should be a valid integer`
    if (value < least) return `${field}: Input should be greater than or equal to ${least}`
    if (value > most) return `${field}: Input should be less than or equal to ${most}`
  }
  return undefined
}

const isTexts = (value: unknown) =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item.trim() !== '')

function findSystemError(system: unknown): string | undefined {
  if (system === undefined || typeof system === 'string') return undefined
  if (!Array.isArray(system)) return 'system: Input should be a valid list'
  const wrong = system.findIndex((block) => !isJsonObject(block) || block['type'] !== 'text')
  return wrong < 0 ? undefined : `system.${wrong}.type: Input should be 'text'`
}

function findTurnsError(messages: unknown): string | undefined {
  if (!Array.isArray(messages)) return 'messages: Input should be a valid list'
  if (messages.length === 0) return 'messages: at least one message is required'
  for (const [index, message] of messages.entries()) {
    const at = `messages.${index}`
    if (!isJsonObject(message)) return `${at}: Input should be a valid dictionary`
    const { role, content } = message as Record<string, unknown>
    if (role === undefined) return `${at}.role: Field required`
    if (role === 'system') {
      return 'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.'
    }
    if (role !== 'user' && role !== 'assistant') {
      return `messages: Unexpected role ${JSON.stringify(String(role).slice(0, 64))}. Allowed roles are "user" or "assistant"`
    }
    const problem = findContentError(at, content)
    if (problem !== undefined) return problem
  }
  return undefined
}

const blockTypes = [
  ...['text', 'image', 'document', 'tool_use', 'tool_result', 'thinking', 'redacted_thinking'],
  ...['search_result', 'server_tool_use', 'web_search_tool_result'],
]

function findContentError(at: string, content: unknown): string | undefined {
  if (content === undefined) return `${at}.content: Field required`
  if (content === '') return `${at}: all messages must have non-empty content`
  if (typeof content === 'string') return undefined
  if (!Array.isArray(content)) return `${at}.content: Input should be a valid list`
  for (const [index, block] of content.entries()) {
    const type = isJsonObject(block) ? block['type'] : undefined
    if (type === undefined) return `${at}.content.${index}.type: Field required`
    if (!blockTypes.includes(String(type))) {
      return `${at}.content.${index}: Input tag '${String(type).slice(0, 64)}' found using 'type' does not match any of the expected tags: ${blockTypes.map((name) => `'${name}'`).join(', ')}`
    }
    if (type === 'text' && isJsonObject(block) && typeof block['text'] !== 'string') {
      return `${at}.content.${index}.text.text: Field required`
    }
  }
  return undefined
}

function findToolsError(tools: unknown): string | undefined {
  if (tools === undefined) return undefined
  if (!Array.isArray(tools)) return 'tools: Input should be a valid list'
  for (const [index, tool] of tools.entries()) {
    if (!isJsonObject(tool)) return `tools.${index}: Input should be a valid dictionary`
    // Tools of the provider's own have a type and run at the provider.
    if (tool['type'] !== undefined && tool['type'] !== 'custom') continue
    if (tool['name'] === undefined) return `tools.${index}.custom.name: Field required`
    if (!/^[\w-]{1,128}$/.test(String(tool['name']))) {
      return `tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`
    }
    if (!isJsonObject(tool['input_schema'])) {
      return `tools.${index}.custom.input_schema: Field required`
    }
  }
  return undefined
}

/** Reads a request that {@link findMessagesError} finds nothing wrong with. */
export function readMessagesCall(
  body: JsonObject,
  model: string,
  request: SimulatedRequest,
): ChatCall {
  const {
    system,
    messages,
    tools,
    temperature,
    max_tokens: limit,
    stop_sequences: stop,
  } = body as Record<string, unknown>
  const instructions: ChatTurn[] =
    system === undefined ? [] : [{ role: 'system', text: contentText(system) }]
  return {
    seed: fingerprint('anthropic', model, system, messages, temperature),
    turns: [...instructions, ...(messages as JsonObject[]).map(readTurn)],
    tools: ((tools ?? []) as JsonObject[])
      .filter((tool) => isJsonObject(tool['input_schema']))
      .map((tool) => ({
        name: String(tool['name']),
        description: String(tool['description'] ?? ''),
        schema: tool['input_schema'] as JsonObject,
      })),
    toolChoice: readToolChoice(body['tool_choice']),
    outputSchema: undefined,
    maxTokens: typeof limit === 'number' ? limit : undefined,
    stop: (stop ?? []) as string[],
    wantedTokens: request.wantedTokens,
  }
}

/** A message of the user that holds results of tools is theirs. */
function readTurn({ role, content }: JsonObject): ChatTurn {
  if (typeof content === 'string') return { role: role as ChatTurn['role'], text: content }
  const blocks = content as readonly JsonObject[]
  const isResult = blocks.some(({ type }) => type === 'tool_result')
  return {
    role: isResult ? 'tool' : (role as ChatTurn['role']),
    text: blocks.map(blockText).join('\n'),
  }
}

function blockText(block: JsonObject): string {
  if (typeof block['text'] === 'string') return block['text']
  if (block['type'] === 'tool_result') return contentText(block['content'])
  return block['type'] === 'tool_use' ? `${block['name']} ${JSON.stringify(block['input'])}` : ''
}

function readToolChoice(choice: unknown): ToolChoice {
  if (!isJsonObject(choice)) return 'auto'
  if (choice['type'] === 'none') return 'none'
  if (choice['type'] === 'any') return 'required'
  return choice['type'] === 'tool' ? { name: String(choice['name']) } : 'auto'
}
