import { asCount } from '../json-value.ts'
import type { TextCollector } from '../texts/text-collector.ts'

/** Whether an input is text, a list of texts and parts, tokens or a list of lists of them, and no mixture of these. */
export function canReadInput(input: unknown): boolean {
  if (!Array.isArray(input)) return typeof input !== 'number'
  if (input.every(isToken) || input.every(isTokenList)) return true
  return input.every((member) => typeof member !== 'number' && !Array.isArray(member))
}

/** How many tokens a readable input holds as numbers, which is what its client has turned text into. */
export function countTokenNumbers(input: unknown): number {
  if (!Array.isArray(input)) return 0
  let count = 0
  for (const member of input) {
    if (typeof member === 'number') count += 1
    else if (Array.isArray(member)) count += member.length
  }
  return count
}

const isToken = (value: unknown) => asCount(value) !== undefined
const isTokenList = (value: unknown) => Array.isArray(value) && value.every(isToken)

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
    else if (!Array.isArray(member)) texts.addAll(member, owner)
  })
}
