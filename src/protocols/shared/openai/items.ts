import { asRecord, asString } from '../json-value.ts'
import type { TextCollector, TextOwner } from '../texts/text-collector.ts'
import { ArgumentDecoder } from '../tool-arguments/argument-decoder.ts'

type Json = Record<string, unknown>

/** Collects the texts of a list of items, as OpenAI's newer APIs take them: messages, calls and their results, reasoning. */
export function collectItems(items: unknown[], name: string, texts: TextCollector): void {
  items.forEach((value, index) => {
    const item = asRecord(value)
    const owner = { channel: `${name} ${index}`, role: item ? roleOf(item) : 'user' }
    if (item) collectItem(item, owner, texts)
    else texts.addMember(items, String(index), { channel: name, role: 'user' })
  })
}

/** Messages say who speaks; of calls the assistant does, of their results the tool. */
function roleOf(item: Json): string {
  const role = asString(item['role'])
  if (role !== undefined) return role.toLowerCase()
  return asString(item['type'])?.endsWith('_output') === true ? 'tool' : 'assistant'
}

function collectItem(item: Json, owner: TextOwner, texts: TextCollector): void {
  for (const key of Object.keys(item)) {
    const channel = `${owner.channel} ${key}`
    if (key === 'arguments' && asString(item[key]) !== undefined) {
      texts.addArguments(item, key, { ...owner, channel, decoder: new ArgumentDecoder() })
    } else texts.addMember(item, key, owner)
  }
}
