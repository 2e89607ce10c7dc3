import type { PatternMatch, PatternRun } from '../../../lib/pattern-set/pattern-run.ts'
import type { Searches } from './compile-searches.ts'
import { compareSpans, type Span } from './span.ts'

// Assertions look back one character, which may be a surrogate pair.
const lookBack = 2
/** What is looked at is copied with every piece, so little is kept that is decided. */
const forgottenAtOnce = 32

/** Looks for spans in one text that comes in pieces. Where the pieces are cut makes no difference. */
export class TextScanner {
  /** Certain and not taken yet, in order. */
  readonly spans: Span[] = []
  /** Spans that are not certain yet begin here or after; so does text that has not come. */
  undecidedFrom = 0
  /** Where something begins that looks like a finding already, and not like just any word. */
  suspectFrom = 0
  /** The pattern that {@link suspectFrom} is due to. */
  suspectPattern: number | undefined = undefined
  readonly #searches: Searches
  readonly #run: PatternRun
  /** Areas that are not decided begin here or after. */
  #neededFrom = 0
  /** Text that has been kept, and the position of its first character. */
  #text = ''
  #offset = 0
  /** Of each pattern with areas, up to where they have been decided. */
  readonly #decidedTo = new Map<number, number>()

  constructor(searches: Searches) {
    this.#searches = searches
    this.#run = searches.set.createRun()
  }

  /** Up to where the text has been read: all of it but half a character. */
  get position(): number {
    return this.#run.position
  }

  push(text: string): void {
    this.#text += text
    this.#add(this.#run.push(text))
    this.#decide()
  }

  finish(): void {
    this.#add(this.#run.finish())
    this.undecidedFrom = this.position
    this.suspectFrom = this.position
    this.suspectPattern = undefined
  }

  slice(start: number, end: number): string {
    return this.#text.slice(start - this.#offset, end - this.#offset)
  }

  /** Lets go of text before `position`, except what is looked back at and areas that go on. */
  forget(position: number): void {
    const count = Math.min(position, this.#neededFrom) - this.#offset - lookBack
    if (count < forgottenAtOnce) return
    this.#text = this.#text.slice(count)
    this.#offset += count
  }

  #add(matches: readonly PatternMatch[]): void {
    if (matches.length === 0) return
    for (const match of matches) {
      const detector = this.#searches.detectors[match.pattern]
      if (detector?.scan === undefined) this.#addSpan(match)
      else this.#scan(match.pattern, match.start, match.end)
    }
    this.spans.sort(compareSpans)
  }

  #decide(): void {
    this.undecidedFrom = this.position
    this.suspectFrom = this.position
    this.suspectPattern = undefined
    this.#neededFrom = this.position
    if (this.#run.earliestLive() >= this.position) return
    const found = this.spans.length
    const run = this.#run
    for (let index = 0; index < run.liveCount; index++) {
      this.#decideLive(run.livePattern(index), run.liveStart(index))
    }
    if (this.spans.length > found) this.spans.sort(compareSpans)
  }

  /** `pattern` has begun at `start` and may go on. */
  #decideLive(pattern: number, start: number): void {
    const isArea = this.#searches.detectors[pattern]?.scan !== undefined
    const suspect = isArea ? this.#scan(pattern, start, undefined) : true
    const from = isArea ? (this.#decidedTo.get(pattern) ?? start) : start
    if (isArea) this.#neededFrom = Math.min(this.#neededFrom, from)
    this.undecidedFrom = Math.min(this.undecidedFrom, from)
    if (!suspect || from >= this.suspectFrom) return
    this.suspectFrom = from
    this.suspectPattern = pattern
  }

  /**
   * Looks for findings in the area that `pattern` opens at `start`; `end` is undefined where it may go on. Notes up to where the
   * area is decided; true: what is not looks like a finding.
   */
  #scan(pattern: number, start: number, end: number | undefined): boolean {
    const from = Math.max(start, this.#decidedTo.get(pattern) ?? 0)
    const scan = this.#searches.detectors[pattern]?.scan?.({
      text: this.#text,
      from: from - this.#offset,
      to: (end ?? this.position) - this.#offset,
      complete: end !== undefined,
    })
    if (scan === undefined) return false
    for (const finding of scan.findings) {
      this.#addSpan({
        pattern,
        start: finding.start + this.#offset,
        end: finding.end + this.#offset,
      })
    }
    const { undecidedFrom, suspect } = scan
    const decidedTo = this.#offset + undecidedFrom - (splitsPair(this.#text, undecidedFrom) ? 1 : 0)
    this.#decidedTo.set(pattern, decidedTo)
    return suspect
  }

  #addSpan({ pattern, start, end }: PatternMatch): void {
    const detector = this.#searches.detectors[pattern]
    if (detector === undefined) return
    const group = detector.scan === undefined ? this.#groupOf({ pattern, start, end }) : undefined
    const { label, score } = detector
    const maskStart = group?.start ?? start
    this.spans.push({
      ...{ start, end, label, score, order: pattern },
      ...{ maskStart, maskEnd: group?.end ?? end },
    })
  }

  #groupOf({ pattern, start, end }: PatternMatch): { start: number; end: number } | undefined {
    // Of a match whose beginning is gone the group cannot be told, so all that is left of it counts.
    if (start < this.#offset || !this.#searches.set.hasGroup(pattern)) return undefined
    const group = this.#searches.set.findFirstGroup(pattern, {
      text: this.#text,
      start: start - this.#offset,
      end: end - this.#offset,
    })
    return group && { start: group.start + this.#offset, end: group.end + this.#offset }
  }
}

function splitsPair(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit >= 0xdc00 && unit <= 0xdfff
}
