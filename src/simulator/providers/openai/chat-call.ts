import { type ChatCall, type ChatTurn, contentText, type ToolChoice } from '../../chat/chat-call.ts'
import { fingerprint } from '../../generation/fingerprint.ts'
import { isJsonObject, type JsonObject, type SimulatedRequest } from '../../provider.ts'

/** Reads a chat request that {@link findChatError} finds nothing wrong with. */
export function readChatCall(body: JsonObject, request: SimulatedRequest): ChatCall {
  const messages = body['messages'] as readonly JsonObject[]
  const { model, seed, temperature, tools, stop } = body as Record<string, unknown>
  const limit = body['max_completion_tokens'] ?? body['max_tokens']
  return {
    seed: fingerprint('openai', model, messages, seed, temperature),
    turns: messages.map(readTurn),
    tools: ((tools ?? []) as JsonObject[]).map((tool) => readTool(tool['function'])),
    toolChoice: readToolChoice(body['tool_choice']),
    outputSchema: readOutputSchema(body['response_format']),
    maxTokens: typeof limit === 'number' ? limit : undefined,
    stop: [stop ?? []].flat() as string[],
    wantedTokens: request.wantedTokens,
  }
}

const roles: Readonly<Record<string, ChatTurn['role']>> = {
  system: 'system',
  developer: 'system',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
}

function readTurn(message: JsonObject): ChatTurn {
  const calls = message['tool_calls']
  const text = contentText(message['content'])
  return {
    role: roles[String(message['role'])] ?? 'user',
    text: Array.isArray(calls) ? `${text}${JSON.stringify(calls)}` : text,
  }
}

/** A function's declaration, as chat completions and responses write it. */
export function readTool(declaration: unknown) {
  const tool = isJsonObject(declaration) ? declaration : {}
  const { name, description, parameters } = tool as Record<string, unknown>
  return {
    name: String(name),
    description: typeof description === 'string' ? description : '',
    schema: isJsonObject(parameters) ? parameters : {},
  }
}

/** `tool_choice`: a word, or the function of a name. */
export function readToolChoice(choice: unknown): ToolChoice {
  if (choice === 'none' || choice === 'required') return choice
  if (!isJsonObject(choice)) return 'auto'
  const called = isJsonObject(choice['function']) ? choice['function'] : choice
  return typeof called['name'] === 'string' ? { name: called['name'] } : 'auto'
}

function readOutputSchema(format: unknown): JsonObject | undefined {
  if (!isJsonObject(format)) return undefined
  if (format['type'] === 'json_object') return anyObject
  const described = format['json_schema']
  if (format['type'] !== 'json_schema' || !isJsonObject(described)) return undefined
  return isJsonObject(described['schema']) ? described['schema'] : anyObject
}

/** What callers get that ask for JSON of no form. */
export const anyObject: JsonObject = {
  type: 'object',
  properties: { answer: { type: 'string' } },
}
