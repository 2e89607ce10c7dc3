import type { BodyPiece } from '../../../lib/http/body-piece.ts'
import { SseEvent } from './sse-event.ts'

const lineFeed = 10

/** Above this an event is given out unread, so that a stream without line ends takes no more memory. */
const maxEventBytes = 8 * 1024 * 1024

/**
 * Cuts a stream of server-sent events (WHATWG HTML, section 9.2) into events without losing a byte. Where it cuts does not depend
 * on how the stream was split into pieces. A blank line on its own is a block without data.
 */
export class SseFramer {
  /** What came of the block so far in earlier pieces; a character is a byte. */
  #held = ''
  #isHeldAscii = true
  #lineIsEmpty = true
  #lastEnd: 'lf' | 'crlf' | 'cr' = 'lf'
  /** The piece ended with a carriage return: a line feed may belong to it. */
  #awaits: 'nothing' | 'line' | 'block' = 'nothing'
  #isFirst = true

  push(piece: BodyPiece): SseEvent[] {
    const text = piece.latin1
    if (this.#isBetweenEvents && isOneEvent(text)) {
      this.#lastEnd = 'lf'
      return [this.#take(text, piece.isAscii)]
    }
    return this.#cut(text, piece.isAscii)
  }

  /** What is left when the stream ends; an event without its blank line counts, as some clients read it. */
  end(): SseEvent[] {
    this.#awaits = 'nothing'
    return this.#held === '' ? [] : [this.#take('', true)]
  }

  get #isBetweenEvents(): boolean {
    return this.#held === '' && this.#lineIsEmpty && this.#awaits === 'nothing'
  }

  #cut(text: string, isAscii: boolean): SseEvent[] {
    const events: SseEvent[] = []
    let start = 0
    let index = this.#awaits === 'nothing' ? 0 : this.#resolveCarriageReturn(text)
    if (this.#awaits === 'block' && text !== '') {
      events.push(this.#take(text.slice(0, index), isAscii))
      start = index
    }
    if (text !== '') this.#awaits = 'nothing'
    const ends = new LineEnds(text)
    for (let end = ends.next(index); end >= 0; end = ends.next(index)) {
      const isBlank = this.#lineIsEmpty && end === index
      this.#lineIsEmpty = true
      index = this.#passLineEnd(text, end, isBlank)
      if (!isBlank || this.#awaits === 'block') continue
      events.push(this.#take(text.slice(start, index), isAscii))
      start = index
    }
    if (index < text.length) this.#lineIsEmpty = false
    this.#held += text.slice(start)
    this.#isHeldAscii &&= isAscii
    if (this.#held.length > maxEventBytes) events.push(this.#take('', true))
    return events
  }

  #resolveCarriageReturn(text: string): number {
    const joins = text.charCodeAt(0) === lineFeed
    if (joins) this.#lastEnd = 'crlf'
    return joins ? 1 : 0
  }

  /** Returns where the next line begins. */
  #passLineEnd(text: string, end: number, isBlank: boolean): number {
    if (text.charCodeAt(end) === lineFeed) {
      this.#lastEnd = 'lf'
      return end + 1
    }
    // A line feed after a blank line's carriage return is waited for only where lines have been ending so: it would
    // delay every event of a stream that has none.
    const mayJoin = !isBlank || this.#lastEnd === 'crlf'
    if (mayJoin && end + 1 === text.length) {
      this.#awaits = isBlank ? 'block' : 'line'
      this.#lastEnd = 'cr'
      return end + 1
    }
    const joins = mayJoin && text.charCodeAt(end + 1) === lineFeed
    this.#lastEnd = joins ? 'crlf' : 'cr'
    return joins ? end + 2 : end + 1
  }

  #take(rest: string, isAscii: boolean): SseEvent {
    const event = new SseEvent(this.#held + rest, this.#isHeldAscii && isAscii, this.#isFirst)
    this.#held = ''
    this.#isHeldAscii = true
    this.#isFirst = false
    return event
  }
}

/** One line, as most events have, and a blank one. */
function isOneEvent(text: string): boolean {
  const end = text.length - 2
  return end > 0 && text.indexOf('\n') === end && text.endsWith('\n\n') && !text.includes('\r')
}

/** Finds line ends one after the other, looking at no character twice. */
class LineEnds {
  readonly #text: string
  #nextLineFeed = -2
  #nextCarriageReturn = -2

  constructor(text: string) {
    this.#text = text
  }

  next(from: number): number {
    this.#nextLineFeed = this.#find('\n', this.#nextLineFeed, from)
    this.#nextCarriageReturn = this.#find('\r', this.#nextCarriageReturn, from)
    if (this.#nextLineFeed < 0) return this.#nextCarriageReturn
    if (this.#nextCarriageReturn < 0) return this.#nextLineFeed
    return Math.min(this.#nextLineFeed, this.#nextCarriageReturn)
  }

  #find(character: string, known: number, from: number): number {
    if (known === -1 || known >= from) return known
    return this.#text.indexOf(character, from)
  }
}
