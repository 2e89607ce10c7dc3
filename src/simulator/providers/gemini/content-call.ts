import type { ChatCall, ChatTool, ChatTurn, ToolChoice } from '../../chat/chat-call.ts'
import { fingerprint } from '../../generation/fingerprint.ts'
import { isJsonObject, type JsonObject, type SimulatedRequest } from '../../provider.ts'
import { field, listOf } from './content-request.ts'

/** Reads a request that {@link findContentError} finds nothing wrong with. */
export function readContentCall(
  body: JsonObject,
  model: string,
  request: SimulatedRequest,
): ChatCall {
  const config = objectOf(field(body, 'generationConfig'))
  const contents = listOf(body['contents']).filter(isJsonObject)
  const system = field(body, 'systemInstruction')
  const limit = field(config, 'maxOutputTokens')
  return {
    seed: fingerprint('gemini', model, system, contents, config['temperature'], config['seed']),
    turns: [
      ...(isJsonObject(system) ? [{ role: 'system' as const, text: partsText(system) }] : []),
      ...contents.map(readTurn),
    ],
    tools: readTools(body['tools']),
    toolChoice: readToolChoice(field(body, 'toolConfig')),
    outputSchema: readOutputSchema(config),
    maxTokens: typeof limit === 'number' ? limit : undefined,
    stop: listOf(field(config, 'stopSequences')).map(String),
    wantedTokens: request.wantedTokens,
  }
}

/** The parts of a content, which may be one without its list. */
function partsOf(content: JsonObject): readonly JsonObject[] {
  return listOf(content['parts']).filter(isJsonObject)
}

/** All that the model reads of a content. */
export function partsText(content: JsonObject): string {
  return partsOf(content)
    .map((part) => {
      if (typeof part['text'] === 'string') return part['text']
      const called = field(part, 'functionCall') ?? field(part, 'functionResponse')
      return called === undefined ? '' : JSON.stringify(called)
    })
    .join('\n')
}

function readTurn(content: JsonObject): ChatTurn {
  const isResult = partsOf(content).some((part) => field(part, 'functionResponse') !== undefined)
  const role = content['role'] === 'model' ? 'assistant' : 'user'
  return { role: isResult ? 'tool' : role, text: partsText(content) }
}

function readTools(tools: unknown): ChatTool[] {
  return listOf(tools)
    .flatMap((tool) => listOf(field(objectOf(tool), 'functionDeclarations')))
    .map((declared) => {
      const declaration = objectOf(declared)
      const schema = declaration['parameters'] ?? field(declaration, 'parametersJsonSchema')
      return {
        name: String(declaration['name']),
        description: String(declaration['description'] ?? ''),
        schema: objectOf(schema),
      }
    })
}

function readToolChoice(config: unknown): ToolChoice {
  const calling = objectOf(field(objectOf(config), 'functionCallingConfig'))
  const [name] = listOf(field(calling, 'allowedFunctionNames'))
  if (calling['mode'] === 'NONE') return 'none'
  if (calling['mode'] !== 'ANY') return 'auto'
  return typeof name === 'string' ? { name } : 'required'
}

function readOutputSchema(config: JsonObject): JsonObject | undefined {
  if (field(config, 'responseMimeType') !== 'application/json') return undefined
  const schema = field(config, 'responseSchema') ?? field(config, 'responseJsonSchema')
  return isJsonObject(schema)
    ? schema
    : { type: 'OBJECT', properties: { answer: { type: 'STRING' } } }
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}
