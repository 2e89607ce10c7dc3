import { BodyPiece } from '../../../lib/http/body-piece.ts'
import type { StreamPart } from '../../../llm/stream-part.ts'
import type { TextSlot } from '../../../llm/text-slot.ts'
import type { TextPlace } from '../sse/event-template.ts'
import type { SseEvent } from '../sse/sse-event.ts'
import type { JsonPart } from './json-part.ts'

/**
 * An event that adds to one text and says nothing else. It is its own slot and is not parsed: 512 guarded streams cost as much again
 * where each of their events is a tree of objects.
 */
export class TextPart implements StreamPart, TextSlot {
  readonly deltas: readonly TextSlot[] = [this]
  text: string
  readonly #event: SseEvent
  readonly #place: TextPlace
  /** An event of the same form that was parsed. */
  readonly #model: ParsedText

  constructor(event: SseEvent, place: TextPlace, model: ParsedText) {
    this.text = place.text
    this.#event = event
    this.#place = place
    this.#model = model
  }

  get channel(): string {
    return this.#model.slot.channel
  }

  get role(): string | undefined {
    return this.#model.slot.role
  }

  get closes(): readonly string[] {
    return none
  }

  get closesAll(): boolean {
    return false
  }

  get repeats(): readonly TextSlot[] {
    return none
  }

  get known(): boolean {
    return true
  }

  get hidden(): boolean {
    return false
  }

  get error(): undefined {
    return undefined
  }

  get usage(): undefined {
    return undefined
  }

  get model(): string | undefined {
    return this.#model.part.model
  }

  dropRepetitions(): void {
    // An event that has any is not of a form that is known.
  }

  replace(text: string): void {
    this.text = text
  }

  encode(): BodyPiece {
    if (this.text === this.#place.text) return this.#event.piece
    const event = this.#withText(this.text)
    const isAscii = this.#event.isAscii && !beyondAscii.test(this.text)
    return isAscii ? BodyPiece.ofLatin1(event) : BodyPiece.ofBytes(Buffer.from(event))
  }

  makesDeltasLike(other: StreamPart): boolean {
    return other instanceof TextPart && other.#model === this.#model && this.#model.isFixed
  }

  createDelta(channel: string, text: string): StreamPart {
    if (channel !== this.channel) return this.#model.part.createDelta(channel, text)
    const part = new TextPart(this.#event, this.#place, this.#model)
    part.text = text
    return part
  }

  #withText(text: string): string {
    const { start, end } = this.#place
    const event = this.#event.text
    // The quotes stand in the event.
    return event.slice(0, start - 1) + JSON.stringify(text) + event.slice(end + 1)
  }
}

const none: readonly never[] = []
const beyondAscii = /[\u0080-\uffff]/

/** An event that bears one text and nothing else, as it was parsed. */
export interface ParsedText {
  readonly part: JsonPart
  readonly slot: TextSlot
  /** The events of its form differ in their text alone. */
  readonly isFixed: boolean
}
