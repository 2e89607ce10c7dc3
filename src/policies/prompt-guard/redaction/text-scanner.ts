import type { LivePattern, PatternMatch, PatternRun } from '../../../lib/pattern-set/pattern-run.ts'
import type { Searches } from './compile-searches.ts'
import { compareSpans, type Span } from './span.ts'

// Assertions look back one character, which may be a surrogate pair.
const lookBack = 2
const forgottenAtOnce = 256

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
      else this.#scan(match, match.end, true)
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
    for (const live of this.#run.live()) {
      const { from, suspect } = this.#undecidedOf(live)
      this.undecidedFrom = Math.min(this.undecidedFrom, from)
      if (!suspect || from >= this.suspectFrom) continue
      this.suspectFrom = from
      this.suspectPattern = live.pattern
    }
    if (this.spans.length > found) this.spans.sort(compareSpans)
  }

  #undecidedOf(live: LivePattern): { from: number; suspect: boolean } {
    if (this.#searches.detectors[live.pattern]?.scan === undefined) {
      return { from: live.start, suspect: true }
    }
    const undecided = this.#scan(live, this.position, false)
    this.#neededFrom = Math.min(this.#neededFrom, undecided.from)
    return undecided
  }

  /** Looks for findings in the area that `pattern` opens at `start`; returns what of it is undecided. */
  #scan({ pattern, start }: LivePattern, end: number, complete: boolean) {
    const from = Math.max(start, this.#decidedTo.get(pattern) ?? 0)
    const scan = this.#searches.detectors[pattern]?.scan?.({
      text: this.#text,
      from: from - this.#offset,
      to: end - this.#offset,
      complete,
    })
    if (scan === undefined) return { from, suspect: false }
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
    return { from: decidedTo, suspect }
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
