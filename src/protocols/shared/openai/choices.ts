import { asRecord, recordsOf } from '../json-value.ts'

type Json = Record<string, unknown>

/** A chunk that reports an error in place of an answer. */
export const isErrorChunk = (chunk: Json) =>
  (chunk['error'] !== undefined && chunk['error'] !== null) || chunk['object'] === 'error'

/**
 * What spells a text token by token, as words or as numbers: log probabilities, and what vLLM, SGLang and llama.cpp add to an answer
 * or a choice where their client asks for it.
 */
const spellings: ReadonlySet<string> = new Set([
  ...['logprobs', 'prompt_logprobs', 'completion_probabilities', 'token_ids', 'prompt_token_ids'],
  ...['response_token_ids', 'completion_token_ids', 'output_token_ids', 'output_ids', 'tokens'],
  ...['meta_info', 'sglext', '__verbose'],
])

/** Takes out of an answer what spells its texts. */
export function dropSpellings(json: Json): boolean {
  let dropped = dropFrom(json)
  for (const choice of recordsOf(json['choices'])) if (dropFrom(choice)) dropped = true
  return dropped
}

function dropFrom(holder: Json): boolean {
  let dropped = false
  for (const key of Object.keys(holder)) {
    if (!spellings.has(key) || typeof holder[key] !== 'object' || holder[key] === null) continue
    holder[key] = null
    dropped = true
  }
  return dropped
}

/** Asks for a stream, or for none, and for its report of usage if `usageOnRequest`. */
export function setStreaming(json: Json, streaming: boolean, usageOnRequest: boolean) {
  const asked = json['stream'] === true
  if (!streaming) {
    if (asked) json['stream'] = false
    delete json['stream_options']
    return { changed: asked, addsUsage: false }
  }
  json['stream'] = true
  const options = asRecord(json['stream_options'])
  if (!usageOnRequest || options?.['include_usage'] === true) {
    return { changed: !asked, addsUsage: false }
  }
  json['stream_options'] = { ...options, include_usage: true }
  return { changed: true, addsUsage: true }
}
