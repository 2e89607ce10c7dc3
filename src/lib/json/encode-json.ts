import { numberSource } from './number-sources.ts'

export interface JsonEncoding {
  /** True: keys in alphabetical order; false: in the order of the value. */
  readonly sortKeys: boolean
}

/** Encodes a JSON value compactly; numbers that `parseJson` read and nobody changed are written as they were. */
export function encodeJson(value: unknown, encoding: JsonEncoding): string {
  return typeof value === 'object' && value !== null
    ? encodeContainer(value, encoding)
    : (JSON.stringify(value) ?? 'null')
}

function encodeContainer(value: object, encoding: JsonEncoding): string {
  if (Array.isArray(value)) {
    const items = value.map((item, index) => encodeMember(value, String(index), item, encoding))
    return `[${items.join(',')}]`
  }
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  if (encoding.sortKeys) entries.sort(([a], [b]) => (a < b ? -1 : 1))
  const members = entries.map(
    ([key, member]) => `${JSON.stringify(key)}:${encodeMember(value, key, member, encoding)}`,
  )
  return `{${members.join(',')}}`
}

function encodeMember(holder: object, key: string, value: unknown, encoding: JsonEncoding): string {
  if (typeof value === 'number') return numberSource(holder, key, value) ?? JSON.stringify(value)
  return encodeJson(value, encoding)
}
