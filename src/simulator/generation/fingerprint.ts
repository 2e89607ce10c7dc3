import { createHash } from 'node:crypto'

/**
 * A hash of values: where a real provider draws at random, the simulator asks this. The order of fields is no
 * difference: who writes an object anew may write it in another one.
 */
export function fingerprint(...values: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(values, inOrder)).digest('hex')
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `length` letters and digits that follow from `hash`, as providers put them into their ids. */
export function identifier(hash: string, length: number): string {
  const bytes = createHash('sha512').update(hash).digest()
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  let text = ''
  for (let index = 0; index < length; index++) {
    text += alphabet[(bytes[index % bytes.length] ?? 0) % alphabet.length]
  }
  return text
}

/** Numbers below a bound, always the same ones for the same hash. */
export function numbersFrom(hash: string): (bound: number) => number {
  let state = Number.parseInt(hash.slice(0, 8), 16) | 1
  return (bound) => {
    // Marsaglia's xorshift with 32 bits.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % bound
  }
}
