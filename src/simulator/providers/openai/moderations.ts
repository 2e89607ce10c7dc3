import { contentText } from '../../chat/chat-call.ts'
import { fingerprint, identifier } from '../../generation/fingerprint.ts'
import { type Answer, isJsonObject, type JsonObject, jsonAnswer } from '../../provider.ts'
import { openaiError } from './errors.ts'

/** Categories of the API, and words that the simulated model takes for them. */
const categories: Readonly<Record<string, RegExp | undefined>> = {
  harassment: /\b(?:idiot|stupid|moron)s?\b/i,
  'harassment/threatening':
    /\bi(?:'ll| will| am going to) (?:hurt|kill|beat) (?:you|him|her|them)\b/i,
  hate: /\bi hate (?:all )?\w+ people\b/i,
  'hate/threatening': undefined,
  illicit: /\b(?:steal|hack into|launder money|counterfeit)\b/i,
  'illicit/violent': /\bbuild a bomb\b/i,
  'self-harm': /\b(?:suicide|self-harm)\b/i,
  'self-harm/instructions': undefined,
  'self-harm/intent': /\b(?:kill|hurt) myself\b/i,
  sexual: /\bpornograph\w*\b/i,
  'sexual/minors': undefined,
  violence: /\b(?:kill|murder|bomb|shoot)(?:s|ed|ing)?\b/i,
  'violence/graphic': undefined,
}

/** `POST /v1/moderations`: a text, texts, or parts of one message. */
export async function createModeration(body: JsonObject): Promise<Answer> {
  const { model = 'omni-moderation-latest', input } = body as Record<string, unknown>
  const texts = textsOf(input)
  if (texts === undefined || typeof model !== 'string') {
    return openaiError(400, { message: "'$.input' is invalid. Please check the API reference." })
  }
  const id = `modr-${identifier(fingerprint('openai moderation', model, texts), 24)}`
  return jsonAnswer(200, { id, model, results: texts.map(resultOf) })
}

function textsOf(input: unknown): readonly string[] | undefined {
  if (typeof input === 'string') return [input]
  if (!Array.isArray(input) || input.length === 0) return undefined
  if (input.every((item) => typeof item === 'string')) return input
  return input.every(isJsonObject) ? [contentText(input)] : undefined
}

function resultOf(text: string) {
  const found = Object.entries(categories).map(
    ([name, words]) => [name, words?.test(text) === true] as const,
  )
  const score = (name: string, isFound: boolean) => {
    const noise = Number.parseInt(fingerprint(name, text).slice(0, 4), 16) / 0xffff
    return isFound ? 0.8 + noise * 0.19 : noise / 1000
  }
  return {
    flagged: found.some(([, isFound]) => isFound),
    categories: Object.fromEntries(found),
    category_scores: Object.fromEntries(
      found.map(([name, isFound]) => [name, score(name, isFound)]),
    ),
    category_applied_input_types: Object.fromEntries(found.map(([name]) => [name, ['text']])),
  }
}
