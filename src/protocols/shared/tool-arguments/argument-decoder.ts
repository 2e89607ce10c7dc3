import { decodeJsonString, encodeJsonString, isEscaped, unfinishedLength } from './json-string.ts'

/** One stretch of the JSON text that the arguments of a tool call are. */
export interface ArgumentSegment {
  /** As it stands in the JSON text; whoever replaces the text sets it with {@link ArgumentDecoder.encode}. */
  source: string
  /** Set: it is a piece of a string, decoded. */
  readonly text: string | undefined
  /** Which string of the arguments it belongs to, from 0. */
  readonly ordinal: number
}

/** What a fragment of arguments brings. */
export interface ArgumentFragment {
  readonly segments: readonly ArgumentSegment[]
  /** The strings that end in it. */
  readonly ended: readonly number[]
  /** The segments together are another text than the fragment: half an escape sequence has waited or waits. */
  readonly differs: boolean
}

/** How arguments that are JSON begin. */
const jsonBeginning = /^[{["]/

/** What stands between brackets and commas outside of strings, and what it may be in JSON; numbers may come in pieces. */
const word = /[^\s{}[\]:,]+/g
const jsonWord = /^(?:true|false|null|[-+.\deE]+)$/
const halfWord = /(?:^|[\s{}[\]:,])(t|tr|tru|f|fa|fal|fals|n|nu|nul)$/

/**
 * Finds the strings, keys among them, in the arguments of a tool call, which come as a JSON text cut anywhere. A text
 * that begins as no JSON object, array or string is one string from its first letter on, and so is what follows from the
 * first word on that JSON does not have.
 */
export class ArgumentDecoder {
  #place: 'start' | 'outside' | 'inside' | 'closing' | 'plain' = 'start'
  #ordinal = -1
  /** Half an escape sequence, half a character or half a word that ended the last fragment. */
  #pending = ''

  push(fragment: string): ArgumentFragment {
    const text = this.#pending + fragment
    const hadPending = this.#pending !== ''
    this.#pending = ''
    const segments: ArgumentSegment[] = []
    const ended: number[] = []
    let index = 0
    while (index < text.length) {
      const [segment, end] = this.#takeSegment(text, index)
      segments.push(segment)
      if (end) ended.push(segment.ordinal)
      index += segment.source.length + this.#pending.length
    }
    return { segments, ended, differs: hadPending || this.#pending !== '' }
  }

  /** How a text is written within the string that the arguments are in now. */
  encode(text: string): string {
    return this.#place === 'plain' ? text : encodeJsonString(text)
  }

  /** The next segment, and whether a string ends with it. */
  #takeSegment(text: string, from: number): [ArgumentSegment, boolean] {
    if (this.#place === 'start') return [this.#takeBeginning(text), false]
    if (this.#place === 'plain')
      return [this.#stringSegment(text.slice(from), text.slice(from)), false]
    return this.#place === 'inside'
      ? this.#takeInside(text, from)
      : [this.#takeOutside(text, from), false]
  }

  #takeBeginning(text: string): ArgumentSegment {
    const beginning = text.trimStart()
    const space = text.slice(0, text.length - beginning.length)
    if (beginning !== '') this.#place = jsonBeginning.test(beginning) ? 'outside' : 'plain'
    if (this.#place === 'plain') this.#ordinal++
    return { source: space, text: undefined, ordinal: -1 }
  }

  #takeOutside(text: string, from: number): ArgumentSegment {
    const start = this.#place === 'closing' ? from + 1 : from
    const quote = text.indexOf('"', start)
    const outside = text.slice(start, quote < 0 ? text.length : quote)
    this.#pending = quote < 0 ? (halfWord.exec(outside)?.[1] ?? '') : ''
    const odd = oddWordIn(outside.slice(0, outside.length - this.#pending.length))
    if (odd >= 0) {
      this.#pending = ''
      this.#place = 'plain'
      this.#ordinal++
      return { source: text.slice(from, start + odd), text: undefined, ordinal: -1 }
    }
    this.#place = quote < 0 ? 'outside' : 'inside'
    if (quote >= 0) this.#ordinal++
    const end = quote < 0 ? text.length - this.#pending.length : quote + 1
    return { source: text.slice(from, end), text: undefined, ordinal: -1 }
  }

  #takeInside(text: string, from: number): [ArgumentSegment, boolean] {
    let quote = text.indexOf('"', from)
    while (quote >= 0 && isEscaped(text, quote, from)) quote = text.indexOf('"', quote + 1)
    if (quote >= 0) {
      this.#place = 'closing'
      const inside = text.slice(from, quote)
      return [this.#stringSegment(inside, decodeJsonString(inside)), true]
    }
    const rest = text.slice(from)
    const waiting = unfinishedLength(rest)
    this.#pending = rest.slice(rest.length - waiting)
    const inside = rest.slice(0, rest.length - waiting)
    return [this.#stringSegment(inside, decodeJsonString(inside)), false]
  }

  #stringSegment(source: string, text: string): ArgumentSegment {
    return { source, text, ordinal: this.#ordinal }
  }
}

/** Where a word begins that JSON does not have; -1: there is none. */
function oddWordIn(outside: string): number {
  for (const { 0: found, index } of outside.matchAll(word)) if (!jsonWord.test(found)) return index
  return -1
}
