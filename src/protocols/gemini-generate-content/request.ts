import type { AddedMessage } from '../../llm/model-request.ts'
import { asCount, asRecord, asString } from '../shared/json-value.ts'
import { hasReadableCounts } from '../shared/request/has-readable-counts.ts'
import type { RequestForm } from '../shared/request/json-request.ts'
import { MiscasedKeys } from '../shared/request/miscased-keys.ts'
import { noTokenLimit, tokenLimitIn, tokenLimitWithin } from '../shared/request/token-limit.ts'
import type { TextCollector } from '../shared/texts/text-collector.ts'

type Json = Record<string, unknown>

/** JSON of protocol buffers takes names in both spellings; the first is the one that is written. */
const systemFields = ['system_instruction', 'systemInstruction'] as const
const configFields = ['generationConfig', 'generation_config'] as const

const countFields = ['candidateCount', 'candidate_count'] as const
const limitFields = ['maxOutputTokens', 'max_output_tokens'] as const
const miscasedLimits = new MiscasedKeys([...countFields, ...limitFields])

/** Fields of a request that the model does not read. */
const unreadFields = new Set([
  ...['contents', ...systemFields, ...configFields, 'model', 'cachedContent', 'cached_content'],
  ...['safetySettings', 'safety_settings', 'toolConfig', 'tool_config', 'labels', 'taskType'],
])

export const requestForm: RequestForm = {
  collectTexts,
  addMessages,
  hasModel: false,
  outputLimit: tokenLimitWithin(configFields, tokenLimitIn(limitFields)),
  choiceCount: (json) =>
    Math.max(
      1,
      ...configsOf(json).flatMap((config) => countFields.map((name) => asCount(config[name]) ?? 1)),
    ),
}

const configsOf = (json: Json) =>
  configFields.map((field) => asRecord(json[field])).filter((config) => config !== undefined)

/** Numbers may be texts in JSON of protocol buffers, but clients do not write them so. */
export const canReadCounts = (json: Json): boolean =>
  configsOf(json).every(
    (config) => hasReadableCounts(config, countFields) && !miscasedLimits.standIn(config),
  )

/** Requests whose answers have no text: those that count tokens or ask for embeddings. */
export const countedForm: RequestForm = {
  collectTexts,
  hasModel: false,
  outputLimit: noTokenLimit,
  choiceCount: () => 1,
}

function collectTexts(json: Json, texts: TextCollector): void {
  for (const field of systemFields) {
    texts.addMember(json, field, { channel: 'request', role: 'system' })
  }
  const { contents } = json
  if (Array.isArray(contents)) {
    contents.forEach((content, index) => {
      const role = asString(asRecord(content)?.['role'])?.toLowerCase() ?? 'user'
      const owner = { channel: `content ${index}`, role }
      if (asRecord(content)) texts.addAll(content, owner)
      else texts.addMember(contents, String(index), { channel: 'content', role: undefined })
    })
  } else texts.addMember(json, 'contents', { channel: 'request', role: 'user' })
  for (const field of configFields) collectSchemas(asRecord(json[field]), texts)
  for (const key of Object.keys(json)) {
    if (unreadFields.has(key)) continue
    const role = key === 'content' || key === 'requests' ? 'user' : undefined
    texts.addMember(json, key, { channel: 'request', role })
  }
}

/** Of the configuration the model reads the schemas that its answer is to have. */
function collectSchemas(config: Json | undefined, texts: TextCollector): void {
  if (config === undefined) return
  for (const key of Object.keys(config)) {
    if (asRecord(config[key])) {
      texts.addMember(config, key, { channel: 'request generationConfig', role: undefined })
    }
  }
}

function addMessages(
  json: Json,
  prepend: readonly AddedMessage[],
  append: readonly AddedMessage[],
): boolean {
  const { contents } = json
  const before = prepend.filter(isOfContents).map(toContent)
  const after = append.filter(isOfContents).map(toContent)
  if (before.length + after.length > 0) {
    if (!Array.isArray(contents)) return false
    contents.unshift(...before)
    contents.push(...after)
  }
  addSystem(
    json,
    prepend.filter((message) => !isOfContents(message)),
    append.filter((message) => !isOfContents(message)),
  )
  return true
}

const isOfContents = ({ role }: AddedMessage) => role !== 'system' && role !== 'developer'

/** Gemini calls the assistant `model` and refuses other names. */
const toContent = ({ role, content }: AddedMessage) => ({
  role: role === 'assistant' ? 'model' : role,
  parts: [{ text: content }],
})

/** The API takes one object; a list, which some servers take, stays one. */
function addSystem(
  json: Json,
  prepend: readonly AddedMessage[],
  append: readonly AddedMessage[],
): void {
  if (prepend.length + append.length === 0) return
  const field = systemFields.find((name) => (json[name] ?? undefined) !== undefined)
  const instruction = field && json[field]
  if (Array.isArray(instruction)) {
    instruction.unshift(...prepend.map(toContent))
    instruction.push(...append.map(toContent))
    return
  }
  const parts = [...prepend.map(toPart), ...partsOf(instruction), ...append.map(toPart)]
  json[field ?? freeField(json)] = { ...asRecord(instruction), parts }
}

const toPart = ({ content }: AddedMessage) => ({ text: content })

/** What is written as one part, or as a mere text, is a part of the instruction too. */
function partsOf(instruction: unknown): readonly unknown[] {
  if (instruction === undefined) return []
  if (typeof instruction === 'string') return [{ text: instruction }]
  const parts = asRecord(instruction)?.['parts'] ?? []
  return Array.isArray(parts) ? parts : [parts]
}

/** A spelling that stands there without a value is filled, so that none stands there twice. */
const freeField = (json: Json) => systemFields.find((name) => name in json) ?? systemFields[0]
