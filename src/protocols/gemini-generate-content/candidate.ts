import { asRecord, recordsOf } from '../shared/json-value.ts'

type Json = Record<string, unknown>

/** The parts of a candidate's content, and everything else that the candidate has. */
export function partsOf(candidate: Json): Json[] {
  return recordsOf(asRecord(candidate['content'])?.['parts'])
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
