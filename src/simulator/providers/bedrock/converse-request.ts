import type { ChatCall, ChatTurn, ToolChoice } from '../../chat/chat-call.ts'
import { fingerprint } from '../../generation/fingerprint.ts'
import { isJsonObject, type JsonObject, type SimulatedRequest } from '../../provider.ts'

/** What is wrong with a request, as the API says it; undefined when it would be served. */
export function findConverseError(body: JsonObject): string | undefined {
  return (
    findTurnsError(body['messages']) ??
    findSystemError(body['system']) ??
    findInferenceError(body['inferenceConfig']) ??
    findToolsError(body['toolConfig'])
  )
}

/** One failed constraint, as the service's validation tells it. */
function constraint(value: unknown, at: string, rule: string): string {
  const shown = value === undefined ? 'null' : `'${String(JSON.stringify(value)).slice(0, 64)}'`
  return `1 validation error detected: Value ${shown} at '${at}' failed to satisfy constraint: ${rule}`
}

function findTurnsError(messages: unknown): string | undefined {
  if (!Array.isArray(messages)) return constraint(messages, 'messages', 'Member must not be null')
  for (const [index, message] of messages.entries()) {
    const problem = findTurnError(isJsonObject(message) ? message : {}, index)
    if (problem !== undefined) return problem
  }
  const roles = messages.map((message: JsonObject) => message['role'])
  if (roles[0] !== 'user') {
    return 'A conversation must start with a user message. Try again with a conversation that starts with a user message.'
  }
  return roles.some((role, index) => index > 0 && role === roles[index - 1])
    ? 'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.'
    : undefined
}

function findTurnError({ role, content }: JsonObject, index: number): string | undefined {
  if (role !== 'user' && role !== 'assistant') {
    const rule = 'Member must satisfy enum value set: [user, assistant]'
    return constraint(role, `messages.${index + 1}.member.role`, rule)
  }
  if (!Array.isArray(content) || content.length === 0) {
    return `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`
  }
  const blank = content.findIndex(
    (block) => !isJsonObject(block) || Object.keys(block).length !== 1 || block['text'] === '',
  )
  return blank < 0
    ? undefined
    : `The text field in the ContentBlock object at messages.${index}.content.${blank} is blank. Add text to the text field, and try again.`
}

function findSystemError(system: unknown): string | undefined {
  if (system === undefined || Array.isArray(system)) return undefined
  return constraint(system, 'system', 'Member must be a list')
}

function findInferenceError(config: unknown): string | undefined {
  if (config === undefined) return undefined
  if (!isJsonObject(config))
    return constraint(config, 'inferenceConfig', 'Member must be a structure')
  const bounds = { maxTokens: [1, 2 ** 31], temperature: [0, 1], topP: [0, 1] } as const
  for (const [name, [least, most]] of Object.entries(bounds)) {
    const value = config[name]
    if (value === undefined) continue
    const at = `inferenceConfig.${name}`
    if (typeof value !== 'number') return constraint(value, at, 'Member must be a number')
    if (value < least) {
      return constraint(value, at, `Member must have value greater than or equal to ${least}`)
    }
    if (value > most) {
      return constraint(value, at, `Member must have value less than or equal to ${most}`)
    }
  }
  return undefined
}

function findToolsError(config: unknown): string | undefined {
  if (config === undefined) return undefined
  const tools = isJsonObject(config) ? config['tools'] : undefined
  if (!Array.isArray(tools) || tools.length === 0) {
    return constraint(
      tools,
      'toolConfig.tools',
      'Member must have length greater than or equal to 1',
    )
  }
  const wrong = tools.findIndex((tool) => !/^[\w-]{1,64}$/.test(String(specOf(tool)['name'] ?? '')))
  if (wrong < 0) return undefined
  const rule = 'Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+'
  return constraint(
    specOf(tools[wrong])['name'],
    `toolConfig.tools.${wrong + 1}.member.toolSpec.name`,
    rule,
  )
}

function specOf(tool: unknown): JsonObject {
  const spec = isJsonObject(tool) ? tool['toolSpec'] : undefined
  return isJsonObject(spec) ? spec : {}
}

/** Reads a request that {@link findConverseError} finds nothing wrong with. */
export function readConverseCall(
  body: JsonObject,
  model: string,
  request: SimulatedRequest,
): ChatCall {
  const { messages, system } = body as Record<string, unknown>
  const inference = isJsonObject(body['inferenceConfig']) ? body['inferenceConfig'] : {}
  const toolConfig = isJsonObject(body['toolConfig']) ? body['toolConfig'] : {}
  const { maxTokens, stopSequences, temperature } = inference as Record<string, unknown>
  const instructions = Array.isArray(system)
    ? [{ role: 'system' as const, text: blocksText(system) }]
    : []
  return {
    seed: fingerprint('bedrock', model, system, messages, temperature),
    turns: [...instructions, ...(messages as JsonObject[]).map(readTurn)],
    tools: ((toolConfig['tools'] ?? []) as unknown[]).map(specOf).map((spec) => ({
      name: String(spec['name']),
      description: String(spec['description'] ?? ''),
      schema: schemaOf(spec['inputSchema']),
    })),
    toolChoice: readToolChoice(toolConfig['toolChoice']),
    outputSchema: undefined,
    maxTokens: typeof maxTokens === 'number' ? maxTokens : undefined,
    stop: Array.isArray(stopSequences) ? stopSequences.map(String) : [],
    wantedTokens: request.wantedTokens,
  }
}

function schemaOf(inputSchema: unknown): JsonObject {
  const schema = isJsonObject(inputSchema) ? inputSchema['json'] : undefined
  return isJsonObject(schema) ? schema : {}
}

/** A message of the user that holds results of tools is theirs. */
function readTurn({ role, content }: JsonObject): ChatTurn {
  const blocks = content as readonly JsonObject[]
  const isResult = blocks.some((block) => block['toolResult'] !== undefined)
  return { role: isResult ? 'tool' : (role as ChatTurn['role']), text: blocksText(blocks) }
}

function blocksText(blocks: readonly unknown[]): string {
  return blocks
    .filter(isJsonObject)
    .map((block) => {
      if (typeof block['text'] === 'string') return block['text']
      const called = block['toolUse'] ?? block['toolResult']
      return called === undefined ? '' : JSON.stringify(called)
    })
    .join('\n')
}

function readToolChoice(choice: unknown): ToolChoice {
  if (!isJsonObject(choice)) return 'auto'
  if (choice['any'] !== undefined) return 'required'
  return isJsonObject(choice['tool']) ? { name: String(choice['tool']['name']) } : 'auto'
}
