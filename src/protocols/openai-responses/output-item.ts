import { asString } from '../shared/json-value.ts'
import type { TextCollector, TextOwner } from '../shared/texts/text-collector.ts'
import { ArgumentDecoder } from '../shared/tool-arguments/argument-decoder.ts'

type Json = Record<string, unknown>

/** What the events that stream a field of an item call it, by type of item and field. */
const streamedFields: Readonly<Record<string, string>> = {
  'function_call arguments': 'function_call_arguments',
  'mcp_call arguments': 'mcp_call_arguments',
  'custom_tool_call input': 'custom_tool_call_input',
  'code_interpreter_call code': 'code_interpreter_call_code',
}

/** What the events that stream a part call it, by type of part. */
const streamedParts: Readonly<Record<string, string>> = { summary_text: 'reasoning_summary_text' }

/** Which fields hold JSON as text. */
export const isJsonText = (kind: string) => kind.endsWith('_arguments')

/** Collects the texts of an output item in the channels of the events that stream them. */
export function collectItem(item: Json, owner: TextOwner, texts: TextCollector): void {
  for (const key of Object.keys(item)) {
    const kind = streamedFields[`${asString(item['type'])} ${key}`]
    if (kind !== undefined) collectText(item, key, { owner, kind, texts })
    else if ((key === 'content' || key === 'summary') && Array.isArray(item[key])) {
      texts.addRecords(item, key, owner, (part, index) =>
        collectPart(part, { owner, index, texts }),
      )
    } else texts.addMember(item, key, owner)
  }
}

interface PartPlace {
  readonly owner: TextOwner
  readonly index: unknown
  readonly texts: TextCollector
}

/** Collects the texts of a part of an item; `owner` is the item. */
export function collectPart(part: Json, { owner, index, texts }: PartPlace): void {
  const type = asString(part['type']) ?? 'part'
  const own = { ...owner, channel: `${owner.channel} ${streamedParts[type] ?? type} ${index}` }
  for (const key of Object.keys(part)) {
    if (key === 'text' || key === type) texts.add(part, key, own)
    else texts.addMember(part, key, own)
  }
}

interface FieldPlace {
  readonly owner: TextOwner
  readonly kind: string
  readonly texts: TextCollector
}

/** Collects a text of which the whole is known; `owner` is the item. */
export function collectText(holder: Json, key: string, { owner, kind, texts }: FieldPlace): void {
  const own = { ...owner, channel: `${owner.channel} ${kind}` }
  if (isJsonText(kind)) texts.addArguments(holder, key, { ...own, decoder: new ArgumentDecoder() })
  else texts.add(holder, key, own)
}

/** Takes the log probabilities out of whatever has them, here or further in, and the tokens that vLLM adds where it is asked for them. */
export function dropLogprobs(value: unknown): boolean {
  if (Array.isArray(value)) return value.map(dropLogprobs).includes(true)
  if (typeof value !== 'object' || value === null) return false
  const json = value as Json
  let has = false
  for (const key of ['logprobs', 'input_messages', 'output_messages']) {
    const list = json[key]
    if (!Array.isArray(list) || list.length === 0) continue
    json[key] = []
    has = true
  }
  const further = ['output', 'content', 'item', 'part', 'response'].map((key) =>
    dropLogprobs(json[key]),
  )
  return has || further.includes(true)
}
