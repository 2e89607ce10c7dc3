import { type ChatCall, type ChatTurn, contentText, type ToolChoice } from '../../chat/chat-call.ts'
import { fingerprint } from '../../generation/fingerprint.ts'
import { isJsonObject, type JsonObject, type SimulatedRequest } from '../../provider.ts'

/** Reads a chat request that {@link findChatDetails} finds nothing wrong with. */
export function readChatCall(body: JsonObject, request: SimulatedRequest): ChatCall {
  const messages = body['messages'] as readonly JsonObject[]
  const { model, random_seed: seed, temperature, tools, stop } = body as Record<string, unknown>
  return {
    seed: fingerprint('mistral', model, messages, seed, temperature),
    turns: messages.map(readTurn),
    tools: (Array.isArray(tools) ? tools : []).map(readTool),
    toolChoice: readToolChoice(body['tool_choice']),
    outputSchema: readOutputSchema(body['response_format']),
    maxTokens: typeof body['max_tokens'] === 'number' ? body['max_tokens'] : undefined,
    stop: [stop ?? []].flat() as string[],
    wantedTokens: request.wantedTokens,
  }
}

function readTurn(message: JsonObject): ChatTurn {
  const calls = message['tool_calls']
  const text = contentText(message['content'])
  return {
    role: message['role'] as ChatTurn['role'],
    text: Array.isArray(calls) ? `${text}${JSON.stringify(calls)}` : text,
  }
}

function readTool(tool: unknown) {
  const declared = isJsonObject(tool) && isJsonObject(tool['function']) ? tool['function'] : {}
  const { name, description, parameters } = declared as Record<string, unknown>
  return {
    name: String(name),
    description: typeof description === 'string' ? description : '',
    schema: isJsonObject(parameters) ? parameters : {},
  }
}

/** `any` and `required` are the same. */
function readToolChoice(choice: unknown): ToolChoice {
  if (choice === 'none') return 'none'
  if (choice === 'any' || choice === 'required') return 'required'
  const called = isJsonObject(choice) ? choice['function'] : undefined
  return isJsonObject(called) && typeof called['name'] === 'string'
    ? { name: called['name'] }
    : 'auto'
}

function readOutputSchema(format: unknown): JsonObject | undefined {
  if (!isJsonObject(format)) return undefined
  const anyObject = { type: 'object', properties: { answer: { type: 'string' } } }
  if (format['type'] === 'json_object') return anyObject
  const described = format['json_schema']
  if (format['type'] !== 'json_schema' || !isJsonObject(described)) return undefined
  return isJsonObject(described['schema']) ? described['schema'] : anyObject
}
