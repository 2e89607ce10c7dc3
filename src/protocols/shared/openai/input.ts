import type { TextCollector } from '../texts/text-collector.ts'

/** Whether an input is text: one of numbers is text that its client has turned into tokens, which no guard can read. */
export function canReadInput(input: unknown): boolean {
  if (!Array.isArray(input)) return typeof input !== 'number'
  return input.every((member) => typeof member !== 'number' && !Array.isArray(member))
}

/** Collects an input: a text, or a list of texts and parts, each of its own. */
export function collectInput(
  json: Record<string, unknown>,
  key: string,
  texts: TextCollector,
): void {
  const input = json[key]
  const channel = `request ${key}`
  if (!Array.isArray(input)) {
    if (typeof input === 'string') texts.add(json, key, { channel, role: 'user' })
    else texts.addAll(input, { channel, role: 'user' })
    return
  }
  input.forEach((member, index) => {
    const owner = { channel: `${channel} ${index}`, role: 'user' }
    if (typeof member === 'string') texts.add(input, String(index), owner)
    else texts.addAll(member, owner)
  })
}
