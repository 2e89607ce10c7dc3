import { asRecord, recordsOf } from '../json-value.ts'

type Json = Record<string, unknown>

/** A chunk that reports an error in place of an answer. */
export const isErrorChunk = (chunk: Json) =>
  (chunk['error'] !== undefined && chunk['error'] !== null) || chunk['object'] === 'error'

/** Log probabilities spell the text token by token. */
export function dropLogprobs(json: Json): boolean {
  const bearing = recordsOf(json['choices']).filter(({ logprobs }) => asRecord(logprobs))
  for (const choice of bearing) choice['logprobs'] = null
  return bearing.length > 0
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
