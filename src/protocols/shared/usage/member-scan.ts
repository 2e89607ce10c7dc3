/** Longer values are not looked for: no report of usage and no name of a model is. A value in many pieces is looked over with each. */
const maxValueBytes = 8 * 1024

/**
 * Up to this length a member is looked at with whatever is added to it. Beyond, which no report of usage is, that would cost the square
 * of its length, so it is looked at when it has doubled and at the end.
 */
const usualBytes = 1024

const quote = 34
const backslash = 92
const colon = 58
const openBrace = 123
const closeBrace = 125

/**
 * Finds the objects or strings under one key in JSON that passes by in pieces, without parsing what surrounds them. In all texts here
 * a character is a byte.
 */
export class MemberScan {
  /** In quotes. */
  readonly #key: string
  /** Without the first quote, of which JSON has many: it is found in half the time. */
  readonly #keyEnd: string
  readonly #kind: 'object' | 'string'
  readonly #onValue: (value: unknown) => void
  /** The beginning of a member whose end is still to come. */
  #carried = ''
  /** What came behind it and was not looked at. */
  #added = ''

  /** A key in quotes stands nowhere but where JSON names a field: within strings, quotes are escaped. */
  constructor(key: string, kind: 'object' | 'string', onValue: (value: unknown) => void) {
    this.#key = JSON.stringify(key)
    this.#keyEnd = this.#key.slice(1)
    this.#kind = kind
    this.#onValue = onValue
  }

  push(text: string): void {
    const { length } = this.#carried
    if (length === 0) {
      this.#scan(text)
      return
    }
    this.#added += text
    if (length <= usualBytes || this.#added.length >= length) this.#scan(this.#takeKept())
  }

  /** Nothing follows that belongs to what came. */
  end(): void {
    if (this.#added !== '') this.#scan(this.#takeKept())
    this.#carried = ''
  }

  #takeKept(): string {
    const text = this.#carried + this.#added
    this.#carried = ''
    this.#added = ''
    return text
  }

  #scan(text: string): void {
    let from = 0
    for (let at = this.#find(text, 0); at >= 0; at = this.#find(text, from)) {
      const value = findValue(text, at + this.#key.length)
      if (value === 'unfinished') {
        this.#carry(text, at)
        return
      }
      from = value?.end ?? at + this.#key.length
      if (value?.kind === this.#kind) this.#take(text.slice(value.start, value.end))
    }
    this.#carry(text, Math.max(from, partialKeyStart(text, this.#key)))
  }

  #find(text: string, from: number): number {
    let at = text.indexOf(this.#keyEnd, from + 1)
    while (at > 0 && text.charCodeAt(at - 1) !== quote) at = text.indexOf(this.#keyEnd, at + 1)
    return at < 0 ? -1 : at - 1
  }

  #carry(text: string, from: number): void {
    if (from < text.length && text.length - from <= maxValueBytes) this.#carried = text.slice(from)
  }

  #take(latin1: string): void {
    let value: unknown
    try {
      value = JSON.parse(Buffer.from(latin1, 'latin1').toString('utf8'))
    } catch {
      // What only looks like a member reports nothing.
      return
    }
    this.#onValue(value)
  }
}

/** Where the beginning of a key that ends with the next piece may stand. */
function partialKeyStart(text: string, key: string): number {
  const first = Math.max(0, text.length - key.length + 1)
  for (let at = text.indexOf('"', first); at >= 0; at = text.indexOf('"', at + 1)) {
    if (key.startsWith(text.slice(at))) return at
  }
  return text.length
}

interface FoundValue {
  readonly kind: 'object' | 'string'
  readonly start: number
  readonly end: number
}

/** Undefined: what follows is no member with an object or string. */
function findValue(text: string, from: number): FoundValue | 'unfinished' | undefined {
  const separator = skipSpace(text, from)
  if (separator >= text.length) return 'unfinished'
  if (text.charCodeAt(separator) !== colon) return undefined
  const start = skipSpace(text, separator + 1)
  if (start >= text.length) return 'unfinished'
  const first = text.charCodeAt(start)
  if (first === quote) return valueTo('string', start, endOfString(text, start))
  if (first !== openBrace) return undefined
  return valueTo('object', start, endOfObject(text, start))
}

function valueTo(kind: 'object' | 'string', start: number, end: number): FoundValue | 'unfinished' {
  return end < 0 ? 'unfinished' : { kind, start, end }
}

function skipSpace(text: string, from: number): number {
  let index = from
  while (isSpace(text.charCodeAt(index))) index++
  return index
}

const isSpace = (unit: number) => unit === 32 || unit === 9 || unit === 10 || unit === 13

/** Behind the closing quote; -1 when that is still to come. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit === backslash) index++
    else if (unit === quote) return index + 1
  }
  return -1
}

function endOfObject(text: string, start: number): number {
  let open = 0
  for (let index = start; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit === quote) {
      const end = endOfString(text, index)
      if (end < 0) return -1
      index = end - 1
    } else if (unit === openBrace) open++
    else if (unit === closeBrace && --open === 0) return index + 1
  }
  return -1
}
