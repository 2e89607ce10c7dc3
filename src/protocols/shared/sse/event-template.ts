/** Where in an event its one text stands, without the quotes, and what it says. */
export interface TextPlace {
  readonly start: number
  readonly end: number
  /** Decoded. */
  readonly text: string
}

/** A stretch that all events of a form have, and what stands behind it. */
interface Piece {
  readonly literal: string
  readonly hole: 'text' | 'word' | 'number' | 'end'
}

/** What differs from event to event and says nothing: padding against whoever measures lengths, and numbers in order. */
const changing = /(?<="obfuscation":")(?<word>[\w-]*)(?=")|(?<="sequence_number":)\d+(?=[,}])/g

/**
 * The form of events that differ in one text and nothing else that matters, as most events of a stream do: whatever has the form
 * need not be parsed to find the text.
 */
export class EventTemplate {
  /** Where the text is all that differs: what stands before and behind it. */
  readonly #fixed: { readonly before: string; readonly after: string } | undefined
  readonly #pieces: readonly Piece[]

  private constructor(pieces: readonly Piece[]) {
    const [before, after, ...others] = pieces
    this.#fixed =
      before !== undefined && after !== undefined && others.length === 0
        ? { before: flat(before.literal), after: flat(after.literal) }
        : undefined
    this.#pieces = this.#fixed === undefined ? pieces : []
  }

  /**
   * The form of `event`, which says `text` in one place. Undefined: where cannot be seen. It may be seen wrongly, in another string
   * that is alike, so whoever uses the form must try it with another text.
   */
  static find(event: string, text: string): EventTemplate | undefined {
    const token = JSON.stringify(text)
    const at = event.indexOf(token)
    if (at < 0 || event.indexOf(token, at + 1) >= 0) return undefined
    const before = piecesOf(event.slice(0, at + 1), 'text')
    const after = piecesOf(event.slice(at + token.length - 1), 'end')
    return new EventTemplate([...before, ...after])
  }

  /** Events of this form differ in their text alone. */
  get isFixed(): boolean {
    return this.#fixed !== undefined
  }

  /** Undefined: `event` is of another form. */
  match(event: string): TextPlace | undefined {
    if (this.#fixed === undefined) return this.#matchPieces(event)
    const { before, after } = this.#fixed
    if (!event.startsWith(before)) return undefined
    const place = placeAt(event, before.length)
    if (place?.end !== event.length - after.length) return undefined
    return event.endsWith(after) ? place : undefined
  }

  #matchPieces(event: string): TextPlace | undefined {
    let position = 0
    let place: TextPlace | undefined
    for (const { literal, hole } of this.#pieces) {
      if (!event.startsWith(literal, position)) return undefined
      position += literal.length
      if (hole === 'text') {
        place = placeAt(event, position)
        position = place?.end ?? event.length + 1
      } else if (hole !== 'end') position = endOfHole(event, position, hole)
    }
    return position === event.length ? place : undefined
  }
}

function piecesOf(stretch: string, last: 'text' | 'end'): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const { 0: found, index, groups } of stretch.matchAll(changing)) {
    const hole = groups?.['word'] === undefined ? 'number' : 'word'
    pieces.push({ literal: stretch.slice(from, index), hole })
    from = index + found.length
  }
  return [...pieces, { literal: stretch.slice(from), hole: last }]
}

/** A string of its own: a slice is two objects and the whole event, which 512 streams do not keep in a processor's cache. */
function flat(text: string): string {
  return Buffer.from(text).toString()
}

const quote = 34
const backslash = 92
const firstPrintable = 32

/** The JSON string that begins before `start`; undefined: it has no end, or is none. */
function placeAt(event: string, start: number): TextPlace | undefined {
  let isPlain = true
  let end = start
  for (let unit = event.charCodeAt(end); unit !== quote; unit = event.charCodeAt(end)) {
    // Behind the end of the event a unit is not a number.
    if (!(unit >= firstPrintable)) return undefined
    isPlain &&= unit !== backslash
    end += unit === backslash ? 2 : 1
  }
  const source = event.slice(start, end)
  const text = isPlain ? source : decode(source)
  return text === undefined ? undefined : { start, end, text }
}

function decode(source: string): string | undefined {
  try {
    return JSON.parse(`"${source}"`) as string
  } catch {
    return undefined
  }
}

/** `start` is left where there is no number; a word may be empty. */
function endOfHole(event: string, start: number, hole: 'word' | 'number'): number {
  let end = start
  while (isIn(hole, event.charCodeAt(end))) end++
  return hole === 'number' && end === start ? event.length + 1 : end
}

const isDigit = (unit: number) => unit >= 48 && unit <= 57
const isLetter = (unit: number) => (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122)

function isIn(hole: 'word' | 'number', unit: number): boolean {
  return isDigit(unit) || (hole === 'word' && (isLetter(unit) || unit === 45 || unit === 95))
}
