import { asCount, asRecord, asString } from '../shared/json-value.ts'
import type { ResponseForm } from '../shared/response/json-response.ts'
import type { TextCollector, TextOwner } from '../shared/texts/text-collector.ts'
import { collectParts, dropLogprobs, textOwner } from './candidate.ts'
import { readGeminiUsage } from './usage.ts'

type Json = Record<string, unknown>

const answerOwner = { channel: 'answer', role: undefined }

export const responseForm: ResponseForm = {
  collectTexts(json, texts) {
    texts.addRecords(json, 'candidates', answerOwner, (candidate, position) => {
      collectCandidate(candidate, `candidate ${candidate['index'] ?? position}`, texts)
    })
    collectRest(json, texts, ['candidates'])
    return Array.isArray(json['candidates']) || json['promptFeedback'] !== undefined
  },
  dropRepetitions: dropLogprobs,
  readUsage: (json) => readGeminiUsage(json['usageMetadata']),
  readModel: (json) => asString(json['modelVersion']),
}

/** The answer to `countTokens`. */
export const countForm: ResponseForm = {
  collectTexts(json, texts) {
    collectRest(json, texts, ['promptTokensDetails', 'cacheTokensDetails'])
    return asCount(json['totalTokens']) !== undefined
  },
  readUsage: () => undefined,
  readModel: () => undefined,
}

/** The answers to `embedContent` and `batchEmbedContents`, which hold numbers. */
export const embeddingForm: ResponseForm = {
  collectTexts(json, texts) {
    collectRest(json, texts, ['embedding', 'embeddings'])
    return json['embedding'] !== undefined || json['embeddings'] !== undefined
  },
  readUsage: (json) => readGeminiUsage(json['usageMetadata']),
  readModel: () => undefined,
}

function collectCandidate(candidate: Json, channel: string, texts: TextCollector): void {
  const owner = { channel, role: 'assistant' }
  collectParts(candidate, owner, texts, (part, index) =>
    collectPart(part, textOwner(channel, part), { texts, index }),
  )
  texts.addOthers(candidate, 'content', owner)
}

/** Texts of parts continue each other; anything else is whole in its part. */
function collectPart(
  part: Json,
  owner: TextOwner,
  { texts, index }: { texts: TextCollector; index: number },
): void {
  for (const key of Object.keys(part)) {
    const own = { ...owner, channel: `${owner.channel} part ${index}` }
    const call = key === 'functionCall' ? asRecord(part[key]) : undefined
    if (key === 'text') texts.add(part, key, owner)
    else if (call && asRecord(call['args'])) collectCall(call, own, texts)
    else texts.addMember(part, key, own)
  }
}

/** Collects the arguments of a call, strings and keys one by one. */
export function collectCall(call: Json, owner: TextOwner, texts: TextCollector): void {
  for (const key of Object.keys(call)) {
    if (key === 'args' && asRecord(call[key])) {
      texts.addJson(call, key, { ...owner, channel: `${owner.channel} args` })
    } else texts.addMember(call, key, owner)
  }
}

function collectRest(json: Json, texts: TextCollector, known: readonly string[]): void {
  for (const key of Object.keys(json)) {
    if (!known.includes(key)) texts.addMember(json, key, answerOwner)
  }
}
