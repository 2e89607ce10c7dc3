import { isJsonObject, type JsonObject } from '../../provider.ts'

/** A field's two spellings: as JSON writes it, and as the schema names it. */
export function field(body: JsonObject, name: string): unknown {
  return body[name] ?? body[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]
}

/** A repeated field: a list, or one value that stands without its list. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

/** Fields of a generation request; the API refuses every other one. */
const fields = [
  ...['contents', 'systemInstruction', 'tools', 'toolConfig', 'safetySettings', 'model'],
  ...['generationConfig', 'cachedContent', 'labels', 'store', 'serviceTier', 'modelArmorConfig'],
]

const configFields = [
  ...['stopSequences', 'responseMimeType', 'responseSchema', 'responseJsonSchema', 'temperature'],
  ...['responseModalities', 'candidateCount', 'maxOutputTokens', 'topP', 'topK', 'seed'],
  ...['presencePenalty', 'frequencyPenalty', 'responseLogprobs', 'logprobs', 'speechConfig'],
  ...['thinkingConfig', 'imageConfig', 'mediaResolution', 'enableEnhancedCivicAnswers'],
  ...['routingConfig', 'audioTimestamp', 'modelSelectionConfig', 'enableAffectiveDialog'],
]

/** What is wrong with a request, as the API says it; undefined when it would be served. */
export function findContentError(body: JsonObject): string | undefined {
  return (
    findUnknown(body, fields) ??
    findContentsError(body['contents']) ??
    findSystemError(body) ??
    findConfigError(field(body, 'generationConfig')) ??
    findToolsError(body['tools'])
  )
}

const camel = (name: string) =>
  name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())

function findUnknown(body: JsonObject, known: readonly string[], at = ''): string | undefined {
  const unknown = Object.keys(body).find((name) => !known.includes(camel(name)))
  if (unknown === undefined) return undefined
  const place = at === '' ? '' : ` at '${at}'`
  return `Invalid JSON payload received. Unknown name "${unknown.slice(0, 64)}"${place}: Cannot find field.`
}

function findContentsError(contents: unknown): string | undefined {
  const list = listOf(contents)
  if (list.length === 0) {
    return '* GenerateContentRequest.contents: contents is not specified\n'
  }
  for (const [index, content] of list.entries()) {
    const at = `GenerateContentRequest.contents[${index}]`
    if (!isJsonObject(content)) return `Invalid value at 'contents[${index}]', ${shown(content)}`
    const { role, parts } = content as Record<string, unknown>
    if (role !== undefined && !roles.includes(String(role))) {
      return 'Please use a valid role: user, model.'
    }
    const partList = listOf(parts)
    if (partList.length === 0) return `* ${at}.parts: contents.parts must not be empty.\n`
    const empty = partList.findIndex((part) => !isJsonObject(part) || !hasData(part))
    if (empty >= 0) {
      return `* ${at}.parts[${empty}].data: required oneof field 'data' must have one initialized field\n`
    }
  }
  return undefined
}

const roles = ['user', 'model', 'function']
const dataFields = [
  ...['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse', 'executableCode'],
  ...['codeExecutionResult', 'thought'],
]

const hasData = (part: JsonObject) => dataFields.some((name) => field(part, name) !== undefined)

function findSystemError(body: JsonObject): string | undefined {
  const system = field(body, 'systemInstruction')
  if (system === undefined || isJsonObject(system)) return undefined
  const name = 'systemInstruction' in body ? 'systemInstruction' : 'system_instruction'
  return Array.isArray(system)
    ? `Invalid JSON payload received. Unknown name "${name}": Proto field is not repeating, cannot start list.`
    : `Invalid value at 'system_instruction' (type.googleapis.com/google.ai.generativelanguage.v1beta.Content), ${shown(system)}`
}

const numbers = {
  temperature: { least: 0, most: 2, type: 'TYPE_FLOAT' },
  topP: { least: 0, most: 1, type: 'TYPE_FLOAT' },
  maxOutputTokens: { least: 1, most: 2 ** 31, type: 'TYPE_INT32' },
  candidateCount: { least: 1, most: 8, type: 'TYPE_INT32' },
} as const

function findConfigError(config: unknown): string | undefined {
  if (config === undefined) return undefined
  if (!isJsonObject(config)) return `Invalid value at 'generation_config', ${shown(config)}`
  const unknown = findUnknown(config, configFields, 'generation_config')
  if (unknown !== undefined) return unknown
  for (const [name, { least, most, type }] of Object.entries(numbers)) {
    const value = field(config, name)
    if (value === undefined) continue
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    if (typeof value !== 'number' || (type === 'TYPE_INT32' && !Number.isInteger(value))) {
      return `Invalid value at 'generation_config.${snake}' (${type}), ${shown(value)}`
    }
    if (value < least || value > most) {
      return `* GenerateContentRequest.generation_config.${snake}: ${snake} must be in the range [${least}, ${most}].\n`
    }
  }
  return undefined
}

function findToolsError(tools: unknown): string | undefined {
  const list = listOf(tools)
  for (const [index, tool] of list.entries()) {
    if (!isJsonObject(tool)) return `Invalid value at 'tools[${index}]', ${shown(tool)}`
    const declarations = listOf(field(tool, 'functionDeclarations'))
    const wrong = declarations.findIndex(
      (declaration) =>
        !isJsonObject(declaration) ||
        !/^[a-z_][\w.:-]{0,127}$/i.test(String(declaration['name'] ?? '')),
    )
    if (wrong >= 0) {
      return `* GenerateContentRequest.tools[${index}].function_declarations[${wrong}].name: Invalid function name. Must start with a letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 128.\n`
    }
  }
  return undefined
}

const shown = (value: unknown) => String(JSON.stringify(value)).slice(0, 100)
