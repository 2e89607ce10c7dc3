import { numberSourcesOf } from './number-sources.ts'

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
  const encodeMember = memberEncoder(value, encoding)
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => encodeMember(index, item)).join(',')}]`
  }
  const entries = Object.entries(value).filter(([, member]) => member !== undefined)
  if (encoding.sortKeys) entries.sort(([a], [b]) => (a < b ? -1 : 1))
  const members = entries.map(
    ([key, member]) => `${JSON.stringify(key)}:${encodeMember(key, member)}`,
  )
  return `{${members.join(',')}}`
}

/** Numbers are written as their source did if they are still where and what they were. */
function memberEncoder(holder: object, encoding: JsonEncoding) {
  const sources = numberSourcesOf(holder)
  return (key: string | number, value: unknown): string => {
    if (sources === undefined || typeof value !== 'number') return encodeJson(value, encoding)
    const source = sources.get(String(key))
    return source !== undefined && Object.is(Number(source), value) ? source : JSON.stringify(value)
  }
}
