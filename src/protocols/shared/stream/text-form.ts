import { EventTemplate, type TextPlace } from '../sse/event-template.ts'
import { SseEvent } from '../sse/sse-event.ts'
import type { JsonPart } from './json-part.ts'
import { type ParsedText, TextPart } from './text-part.ts'

/** The form of a longer event is not kept: it would be, with all that was parsed of it, for as long as the stream. */
const maxEventBytes = 16 * 1024

type ReadEvent = (event: SseEvent) => JsonPart

/** The form of an event that adds to one text and says nothing else; the events of that form that follow it are read by it. */
export class TextForm {
  readonly #template: EventTemplate
  readonly #parsed: ParsedText
  readonly #parse: ReadEvent
  #isProven: boolean | undefined

  private constructor(template: EventTemplate, parsed: ParsedText, parse: ReadEvent) {
    this.#template = template
    this.#parsed = parsed
    this.#parse = parse
  }

  /**
   * The form of `event`, which was read as `part`; undefined where it says more than one text, or where that stands cannot be seen.
   * `parse` reads an event as the first of a stream.
   */
  static of(event: SseEvent, part: JsonPart, parse: ReadEvent): TextForm | undefined {
    const [slot] = part.deltas
    if (slot === undefined || !part.isOneText) return undefined
    if (event.latin1.length > maxEventBytes) return undefined
    const template = EventTemplate.find(event.text, slot.text)
    return template && new TextForm(template, { part, slot, isFixed: template.isFixed }, parse)
  }

  /** Another event has this form, and parsing it has shown that the text stands where it was seen. */
  get isProven(): boolean {
    return this.#isProven === true
  }

  /** Undefined: `event` must be parsed. */
  read(event: SseEvent): TextPart | undefined {
    const place = this.#template.match(event.text)
    if (place === undefined) return undefined
    this.#isProven ??= this.#proves(event, place)
    return this.#isProven ? new TextPart(event, place, this.#parsed) : undefined
  }

  /** Parses `event` with another text in that place: it must be the text that is read, and nothing may have to be dropped. */
  #proves(event: SseEvent, { start, end, text }: TextPlace): boolean {
    const other = text === 'a' ? 'b' : 'a'
    const changed = event.text.slice(0, start) + other + event.text.slice(end)
    const latin1 = Buffer.from(changed).toString('latin1')
    const part = this.#parse(new SseEvent(latin1, latin1.length === changed.length, false))
    part.dropRepetitions()
    const [slot] = part.deltas
    const { channel, role } = this.#parsed.slot
    return part.isOneText && slot?.text === other && slot.channel === channel && slot.role === role
  }
}
