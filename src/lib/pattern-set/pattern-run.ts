import type { Automaton, Transition } from './automaton.ts'
import type { CharacterClasses } from './character-classes.ts'
import type { State } from './state.ts'

/** What a pattern of a set found, in UTF-16 units from the beginning of all text. */
export interface PatternMatch {
  /** Index in the set. */
  readonly pattern: number
  readonly start: number
  readonly end: number
}

/**
 * One text on its way through a set of patterns. For each pattern it finds what a search for all matches that do not
 * overlap finds in the whole text (leftmost, and of those the one that the pattern prefers), except empty ones.
 */
export class PatternRun {
  readonly #automaton: Automaton
  readonly #classes: CharacterClasses
  #state: State
  /** Positions that the state's ways began at, ascending; only the first {@link #originCount} count. */
  readonly #origins: number[] = []
  #originCount = 0
  #position = 0
  /** The first half of a character whose second half has not come. */
  #highSurrogate = -1
  /** Of each pattern, matches that a way of higher priority may yet replace: in order, not overlapping. */
  readonly #tentative = new Map<number, PatternMatch[]>()

  constructor(automaton: Automaton, classes: CharacterClasses) {
    this.#automaton = automaton
    this.#classes = classes
    this.#state = automaton.initial()
  }

  /** Up to where the text has been taken: all of it but half a character. */
  get position(): number {
    return this.#position
  }

  /** Takes more text; returns the matches that are certain by now. */
  push(text: string): readonly PatternMatch[] {
    this.#state = this.#automaton.renew(this.#state)
    const start = this.#joinSurrogates(text)
    const end = endsInHighSurrogate(text) ? text.length - 1 : text.length
    if (start < end) this.#take(text, start, end)
    if (end < text.length && end >= start) this.#highSurrogate = text.charCodeAt(end)
    return this.#tentative.size === 0 ? nothing : this.#settle()
  }

  /** Ends the text; returns the matches that were left. */
  finish(): PatternMatch[] {
    this.#state = this.#automaton.renew(this.#state)
    if (this.#highSurrogate >= 0) this.#takeHeldSurrogate()
    this.#note(this.#automaton.finish(this.#state))
    const rest = [...this.#tentative.values()].flat()
    this.#tentative.clear()
    this.#originCount = 0
    return rest
  }

  /** How many patterns have begun to match and may yet go on. */
  get liveCount(): number {
    return this.#state.alive.length / 2
  }

  /** Of those patterns, the one at `index`. */
  livePattern(index: number): number {
    return this.#state.alive[2 * index] ?? 0
  }

  /** Where the earliest match of that pattern would begin. */
  liveStart(index: number): number {
    return this.#originAt(this.#state.alive[2 * index + 1])
  }

  /** Where the earliest match begins that is not certain yet; {@link position} if there is none. */
  earliestLive(): number {
    return this.#originAt(0)
  }

  #joinSurrogates(text: string): number {
    if (this.#highSurrogate < 0 || text === '') return 0
    const low = text.charCodeAt(0)
    const isPair = low >= 0xdc00 && low <= 0xdfff
    if (!isPair) {
      this.#takeHeldSurrogate()
      return 0
    }
    const pair = String.fromCharCode(this.#highSurrogate, low)
    this.#highSurrogate = -1
    this.#take(pair, 0, pair.length)
    return 1
  }

  #takeHeldSurrogate(): void {
    const single = String.fromCharCode(this.#highSurrogate)
    this.#highSurrogate = -1
    this.#take(single, 0, single.length)
  }

  #take(text: string, start: number, end: number): void {
    const { ascii } = this.#classes
    const automaton = this.#automaton
    let row = this.#state.row
    let index = start
    const offset = this.#position - start
    while (index < end) {
      const unit = text.charCodeAt(index)
      const codePoint = unit < 0xd800 ? unit : (text.codePointAt(index) ?? unit)
      const characterClass = (unit < 128 ? ascii[unit] : this.#classes.classOf(codePoint)) ?? 0
      const entry = automaton.table[row + characterClass] ?? -1
      if (entry >= 0) row = entry
      else {
        this.#position = offset + index
        this.#state = automaton.states[row / automaton.stride] ?? this.#state
        this.#apply(this.#transitionOf(entry, characterClass))
        row = this.#state.row
      }
      index += codePoint > 0xffff ? 2 : 1
    }
    this.#position = offset + end
    this.#state = automaton.states[row / automaton.stride] ?? this.#state
  }

  #transitionOf(entry: number, characterClass: number): Transition {
    const known = entry < -1 ? this.#automaton.transitions[-2 - entry] : undefined
    return known ?? this.#automaton.advance(this.#state, characterClass)
  }

  #apply({ matches, kept, begins, state }: Transition): void {
    if (matches.length > 0) this.#note(matches)
    if (kept !== undefined) {
      const origins = this.#origins
      for (let index = 0; index < kept.length; index += 1) {
        // Ascending, so what is read has not been written over.
        origins[index] = origins[kept[index] ?? 0] ?? 0
      }
      // An array that is made shorter gives its memory back, and every word begins a way.
      this.#originCount = kept.length
    }
    if (begins) this.#origins[this.#originCount++] = this.#position
    this.#state = state
  }

  /** A match replaces those that were found by ways of lower priority: all that do not end before it. */
  #note(matches: Int32Array): void {
    for (let index = 0; index < matches.length; index += 2) {
      const pattern = matches[index] ?? 0
      const start = this.#originAt(matches[index + 1])
      const found = this.#tentative.get(pattern) ?? []
      while ((found.at(-1)?.start ?? -1) >= start) found.pop()
      found.push({ pattern, start, end: this.#position })
      this.#tentative.set(pattern, found)
    }
  }

  /** A match is certain once its pattern has no way alive that began before the match's end. */
  #settle(): PatternMatch[] {
    const certain: PatternMatch[] = []
    for (const [pattern, found] of this.#tentative) {
      const limit = this.#earliestOf(pattern)
      const open = found.findIndex(({ end }) => end > limit)
      certain.push(...found.splice(0, open < 0 ? found.length : open))
      if (found.length === 0) this.#tentative.delete(pattern)
    }
    return certain
  }

  #earliestOf(pattern: number): number {
    const { alive } = this.#state
    for (let index = 0; index < alive.length; index += 2) {
      if (alive[index] === pattern) return this.#originAt(alive[index + 1])
    }
    return this.#position
  }

  #originAt(index = 0): number {
    if (index >= this.#originCount) return this.#position
    return this.#origins[index] ?? this.#position
  }
}

const nothing: readonly PatternMatch[] = []

function endsInHighSurrogate(text: string): boolean {
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last <= 0xdbff
}
