import type { Searches } from './compile-searches.ts'
import { crossOutAll, labelOf, type MaskStyle, mask } from './mask.ts'
import { clusterAt, type Span } from './span.ts'
import { TextScanner } from './text-scanner.ts'

/** How a text is masked, and how much of it may be held back for that. */
export interface RedactionOptions {
  readonly style: MaskStyle
  readonly maxHeldBytes: number
  readonly maxHeldMs: number
  readonly onOverflow: 'mask' | 'reject' | 'release'
}

/** What a redactor has done. */
export interface RedactionCounts {
  /** Stretches of text that were masked because something was found in them. */
  masked: number
  /** How often text had been held back for too long or was too much. */
  overflows: number
}

/**
 * Masks one text that comes in pieces and hands on what is decided. Unless too much is held back, what it hands on is
 * what it would make of the whole text, wherever the pieces are cut.
 */
export class TextRedactor {
  readonly counts: RedactionCounts = { masked: 0, overflows: 0 }
  /** Set by an overflow of a text that must not be masked or released: nothing more may go out. */
  rejected = false
  readonly #scanner: TextScanner
  readonly #detectors: Searches['detectors']
  readonly #options: RedactionOptions
  /** Up to where the text has been handed on. */
  #released = 0
  /** Where pieces end that are not handed on to there, and when each came: lists of numbers, since most events add to them. */
  #heldEnds: number[] = []
  #heldSinceMs: number[] = []
  /** Up to where text was masked without a finding. */
  #blindTo = -1

  constructor(searches: Searches, options: RedactionOptions) {
    this.#scanner = new TextScanner(searches)
    this.#detectors = searches.detectors
    this.#options = options
  }

  /** When {@link release} is due; undefined while nothing is held back. */
  get dueAtMs(): number | undefined {
    const oldestMs = this.#heldSinceMs[0]
    return oldestMs === undefined ? undefined : oldestMs + this.#options.maxHeldMs
  }

  /** Takes a piece that came at `nowMs`, returns what may go on. */
  push(text: string, nowMs: number): string {
    if (this.rejected) return ''
    this.#scanner.push(text)
    let output = this.#takeDecided(this.#scanner.undecidedFrom)
    if (text !== '' && this.#released < this.#scanner.position) {
      this.#heldEnds.push(this.#scanner.position)
      this.#heldSinceMs.push(nowMs)
      if (this.#heldBytes() > this.#options.maxHeldBytes) output += this.#overflow()
    }
    this.#settleHeld()
    return output
  }

  /** Hands on what has been held back for too long at `nowMs`. */
  release(nowMs: number): string {
    const { dueAtMs } = this
    if (this.rejected || dueAtMs === undefined || nowMs < dueAtMs) return ''
    const output = this.#overflow()
    this.#settleHeld()
    return output
  }

  /** Ends the text; returns the rest. */
  end(): string {
    if (this.rejected) return ''
    this.#scanner.finish()
    const output = this.#takeDecided(this.#scanner.position)
    this.#holdNothing()
    return output
  }

  #takeDecided(limit: number): string {
    const { spans } = this.#scanner
    let output = ''
    let taken = 0
    for (let first = spans[0]; first !== undefined && first.start < limit; first = spans[taken]) {
      const cluster = clusterAt(spans, taken)
      output += this.#takeText(Math.max(first.start, this.#released))
      if (cluster.end > limit) {
        spans.splice(0, taken)
        return output
      }
      output += this.#takeMasked(cluster)
      taken += cluster.spans.length
    }
    if (taken > 0) spans.splice(0, taken)
    return output + this.#takeText(Math.max(limit, this.#released))
  }

  #takeText(end: number): string {
    const text = this.#scanner.slice(this.#released, end)
    this.#moveTo(end)
    return text
  }

  #takeMasked({ spans, end }: { spans: readonly Span[]; end: number }): string {
    const start = this.#released
    if (end <= start) return ''
    this.counts.masked += 1
    const text = this.#takeText(end)
    // The label stands there already when what was masked blindly proves to be the beginning of a finding.
    const continues = this.#blindTo === start && (spans[0]?.start ?? start) < start
    if (continues) return this.#options.style === 'label' ? '' : crossOutAll(text)
    return mask(this.#options.style, { text, start, spans })
  }

  #overflow(): string {
    this.counts.overflows += 1
    const { position, suspectFrom } = this.#scanner
    const releases = this.#options.onOverflow === 'release'
    // What could be any word or number goes out: only a finding that has become likely is worth a gap in the text.
    const output = this.#takeDecided(releases ? position : Math.max(suspectFrom, this.#released))
    if (this.#released === position) return output
    if (this.#options.onOverflow === 'mask') return output + this.#takeBlindly()
    this.rejected = true
    this.#holdNothing()
    return output
  }

  /** Masks what is held back without knowing more of it. */
  #takeBlindly(): string {
    const { position, spans, suspectPattern } = this.#scanner
    const continues = this.#blindTo === this.#released
    const label = this.#detectors[suspectPattern ?? -1]?.label
    const found = label === undefined ? labelOf(spans) : `<${label}>`
    spans.length = 0
    this.#blindTo = position
    const text = this.#takeText(position)
    if (this.#options.style === 'characters') return crossOutAll(text)
    return continues ? '' : found
  }

  #heldBytes(): number {
    const { position } = this.#scanner
    const length = position - this.#released
    // A character takes at most three bytes for each of its UTF-16 units.
    if (length * 3 <= this.#options.maxHeldBytes) return length
    return Buffer.byteLength(this.#scanner.slice(this.#released, position))
  }

  #moveTo(position: number): void {
    this.#released = position
    this.#scanner.forget(position)
  }

  #settleHeld(): void {
    let settled = 0
    while ((this.#heldEnds[settled] ?? Number.POSITIVE_INFINITY) <= this.#released) settled++
    for (; settled > 0; settled--) {
      this.#heldEnds.shift()
      this.#heldSinceMs.shift()
    }
  }

  #holdNothing(): void {
    this.#heldEnds = []
    this.#heldSinceMs = []
  }
}
