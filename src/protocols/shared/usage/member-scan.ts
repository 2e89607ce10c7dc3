/** Longer values are not looked for: no report of usage and no name of a model is. A value in many pieces is looked over with each. */
const maxValueBytes = 8 * 1024

/**
 * Up to this length a member is looked at with whatever is added to it. Beyond, which no report of usage is, that would cost the square
 * of its length, so it is looked at when it has doubled and at the end.
 */
const usualBytes = 1024

const space = new Set([32, 9, 10, 13])
const quote = 34
const backslash = 92
const colon = 58
const openBrace = 123
const closeBrace = 125

/** Finds the objects or strings under one key in JSON that passes by in chunks, without parsing what surrounds them. */
export class MemberScan {
  readonly #key: Buffer
  readonly #kind: 'object' | 'string'
  readonly #onValue: (value: unknown) => void
  /** The beginning of a member whose end is still to come. */
  #carried: Buffer | undefined
  /** What came behind it and was not looked at. */
  #added: Buffer[] = []
  #addedBytes = 0

  /** A key in quotes stands nowhere but where JSON names a field: within strings, quotes are escaped. */
  constructor(key: string, kind: 'object' | 'string', onValue: (value: unknown) => void) {
    this.#key = quotedKey(key)
    this.#kind = kind
    this.#onValue = onValue
  }

  push(chunk: Buffer): void {
    if (this.#carried === undefined) {
      this.#scan(chunk)
      return
    }
    this.#added.push(Buffer.from(chunk))
    this.#addedBytes += chunk.length
    const { length } = this.#carried
    if (length <= usualBytes || this.#addedBytes >= length) this.#scan(this.#takeKept())
  }

  /** Nothing follows that belongs to what came. */
  end(): void {
    if (this.#addedBytes > 0) this.#scan(this.#takeKept())
    this.#carried = undefined
  }

  #takeKept(): Buffer {
    const bytes = Buffer.concat([this.#carried ?? Buffer.alloc(0), ...this.#added])
    this.#carried = undefined
    this.#added = []
    this.#addedBytes = 0
    return bytes
  }

  #scan(bytes: Buffer): void {
    let from = 0
    for (let at = bytes.indexOf(this.#key); at >= 0; at = bytes.indexOf(this.#key, from)) {
      const value = findValue(bytes, at + this.#key.length)
      if (value === 'unfinished') {
        this.#carry(bytes.subarray(at))
        return
      }
      from = value?.end ?? at + this.#key.length
      if (value?.kind === this.#kind) this.#take(bytes.toString('utf8', value.start, value.end))
    }
    this.#carry(bytes.subarray(Math.max(from, partialKeyStart(bytes, this.#key))))
  }

  #carry(rest: Buffer): void {
    if (rest.length > 0 && rest.length <= maxValueBytes) this.#carried = Buffer.from(rest)
  }

  #take(text: string): void {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      // What only looks like a member reports nothing.
      return
    }
    this.#onValue(value)
  }
}

const quotedKeys = new Map<string, Buffer>()

/** The few names that formats look for, made once for all answers. */
function quotedKey(key: string): Buffer {
  const known = quotedKeys.get(key) ?? Buffer.from(JSON.stringify(key))
  quotedKeys.set(key, known)
  return known
}

/** Where the beginning of a key that ends with the next chunk may stand. */
function partialKeyStart(bytes: Buffer, key: Buffer): number {
  const start = bytes.indexOf(quote, Math.max(0, bytes.length - key.length + 1))
  if (start < 0) return bytes.length
  const rest = bytes.subarray(start)
  if (rest.equals(key.subarray(0, rest.length))) return start
  const next = partialKeyStart(bytes.subarray(start + 1), key)
  return start + 1 + next
}

interface FoundValue {
  readonly kind: 'object' | 'string'
  readonly start: number
  readonly end: number
}

/** Undefined: what follows is no member with an object or string. */
function findValue(bytes: Buffer, from: number): FoundValue | 'unfinished' | undefined {
  const separator = skipSpace(bytes, from)
  if (separator >= bytes.length) return 'unfinished'
  if (bytes[separator] !== colon) return undefined
  const start = skipSpace(bytes, separator + 1)
  if (start >= bytes.length) return 'unfinished'
  if (bytes[start] === quote) return valueTo('string', start, endOfString(bytes, start))
  if (bytes[start] !== openBrace) return undefined
  return valueTo('object', start, endOfObject(bytes, start))
}

function valueTo(kind: 'object' | 'string', start: number, end: number): FoundValue | 'unfinished' {
  return end < 0 ? 'unfinished' : { kind, start, end }
}

function skipSpace(bytes: Buffer, from: number): number {
  let index = from
  while (space.has(bytes[index] ?? 0)) index++
  return index
}

/** Behind the closing quote; -1 when that is still to come. */
function endOfString(bytes: Buffer, start: number): number {
  for (let index = start + 1; index < bytes.length; index++) {
    if (bytes[index] === backslash) index++
    else if (bytes[index] === quote) return index + 1
  }
  return -1
}

function endOfObject(bytes: Buffer, start: number): number {
  let open = 0
  for (let index = start; index < bytes.length; index++) {
    const byte = bytes[index]
    if (byte === quote) {
      const end = endOfString(bytes, index)
      if (end < 0) return -1
      index = end - 1
    } else if (byte === openBrace) open++
    else if (byte === closeBrace && --open === 0) return index + 1
  }
  return -1
}
