import { asRecord, recordsOf } from '../shared/json-value.ts'
import type { TextCollector, TextOwner } from '../shared/texts/text-collector.ts'

type Json = Record<string, unknown>

/** Shows `each` part of a candidate's content; whatever else stands around them is text. */
export function collectParts(
  candidate: Json,
  owner: TextOwner,
  texts: TextCollector,
  each: (part: Json, index: number) => void,
): void {
  const content = asRecord(candidate['content'])
  if (content === undefined) {
    texts.addMember(candidate, 'content', owner)
    return
  }
  for (const key of Object.keys(content)) {
    if (key === 'parts') texts.addRecords(content, key, owner, each)
    else texts.addMember(content, key, owner)
  }
}

/** Thoughts are texts of their own. */
export function textOwner(channel: string, part: Json) {
  const name = part['thought'] === true ? `${channel} thought` : channel
  return { channel: name, role: 'assistant' }
}

/** Log probabilities spell the text token by token. */
export function dropLogprobs(json: Json): boolean {
  const bearing = recordsOf(json['candidates']).filter((one) => one['logprobsResult'] !== undefined)
  for (const candidate of bearing) delete candidate['logprobsResult']
  return bearing.length > 0
}

/** Whether a message of a stream is an error. */
export const isError = (json: Json) => asRecord(json['error']) !== undefined
