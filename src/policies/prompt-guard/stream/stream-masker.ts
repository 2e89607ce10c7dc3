import type { Origin } from '../../../ir/origin.ts'
import type { Clock } from '../../../lib/time/clock.ts'
import type { StreamPart } from '../../../llm/stream-part.ts'
import type { TextSlot } from '../../../llm/text-slot.ts'
import { recordGuard } from '../../guard-record.ts'
import type { RequestContext, StreamEditor, StreamOutput } from '../../policy.ts'
import { heldTooMuch, tooLongEvent, unreadableAnswer } from '../failures.ts'
import type { Searches } from '../redaction/compile-searches.ts'
import { redactText } from '../redaction/redact-text.ts'
import { type RedactionOptions, TextRedactor } from '../redaction/text-redactor.ts'

/** How the texts of streams are masked. */
export interface MaskSettings {
  /** Undefined: every text passes. */
  readonly searches: Searches | undefined
  readonly options: RedactionOptions
  readonly origin: Origin
  readonly clock: Clock
}

/** Texts to be taken instead of those that stand in slots. */
export type TextsBySlot = ReadonlyMap<TextSlot, string>

const asTheyAre: TextsBySlot = new Map()

const nothing: ReadonlyMap<string, string> = new Map()

/** Texts that may be open at once: choices, calls of tools and their arguments. Each of them costs memory and time. */
const maxChannels = 1024

/**
 * An event is masked at once, ordinary text in 40 ms per million characters and the worst in 0.6 s. The longest answers of models are
 * half a million characters, which the events that end them repeat.
 */
const maxEventLength = 1024 * 1024

interface Channel {
  readonly name: string
  readonly redactor: TextRedactor
  /** The last event that added to the channel: text that was held back goes out in one like it. */
  part: StreamPart
}

/** Masks the texts of a streamed answer, each channel for itself, and hands events on in their order. */
export class StreamMasker implements StreamEditor {
  readonly #settings: MaskSettings
  readonly #output: StreamOutput
  readonly #context: RequestContext
  /** In the order in which they began; a stream has one or two at a time. */
  #channels: Channel[] = []
  #isOver = false
  #cancelTimer: (() => void) | undefined
  #timerDueAtMs = Number.POSITIVE_INFINITY

  constructor(settings: MaskSettings, output: StreamOutput, context: RequestContext) {
    this.#settings = settings
    this.#output = output
    this.#context = context
  }

  /** Nothing is handed on any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  push(part: StreamPart, texts: TextsBySlot = asTheyAre): void {
    if (this.#isOver) return
    if (!part.known) {
      this.fail(unreadableAnswer(this.#settings.origin))
      return
    }
    if (textLengthOf(part) > maxEventLength) {
      this.fail(tooLongEvent(this.#settings.origin, maxEventLength))
      return
    }
    part.dropRepetitions()
    this.#takeDeltas(part, texts)
    const ends = part.closesAll || part.closes.length > 0
    const rests = ends ? this.#closeChannels(part) : nothing
    this.#maskRepeats(part, texts)
    if (this.#holdsTooMuch()) {
      this.fail(heldTooMuch(this.#settings.origin))
      return
    }
    for (const [channel, text] of rests) this.#output.emit(part.createDelta(channel, text))
    this.#output.emit(part)
    this.#schedule()
  }

  /** Adds `text` to a channel by an event of its own, one like `part`. */
  insert(channel: string, text: string, part: StreamPart): void {
    if (this.#isOver || text === '') return
    const released = this.#channelOf(channel, part)?.redactor.push(text, this.#now()) ?? text
    if (this.#holdsTooMuch()) {
      this.fail(heldTooMuch(this.#settings.origin))
      return
    }
    if (released !== '') this.#output.emit(part.createDelta(channel, released))
    this.#schedule()
  }

  end(): void {
    if (this.#isOver) return
    for (const { name, redactor, part } of this.#channels) {
      const rest = redactor.end()
      if (rest !== '') this.#output.emit(part.createDelta(name, rest))
    }
    this.#stop()
    this.#output.end()
  }

  abort(): void {
    this.#stop()
  }

  fail(error: Parameters<StreamOutput['fail']>[0]): void {
    if (this.#isOver) return
    this.#stop()
    this.#output.fail(error)
  }

  #takeDeltas(part: StreamPart, texts: TextsBySlot): void {
    for (const slot of part.deltas) {
      const text = textOf(slot, texts)
      const channel = this.#channelOf(slot.channel, part)
      const released = channel === undefined ? text : channel.redactor.push(text, this.#now())
      if (released !== slot.text) slot.replace(released)
    }
  }

  /** Returns what is left of channels that end with the event and have no place in it. */
  #closeChannels(part: StreamPart): Map<string, string> {
    const rests = new Map<string, string>()
    for (const name of this.#closedBy(part)) {
      const rest = this.#close(name)
      if (rest === '') continue
      const last = part.deltas.findLast(({ channel }) => channel === name)
      if (last === undefined) rests.set(name, rest)
      else last.replace(last.text + rest)
    }
    return rests
  }

  #closedBy(part: StreamPart): readonly string[] {
    return part.closesAll ? this.#channels.map(({ name }) => name) : part.closes
  }

  #close(name: string): string {
    const channel = this.#find(name)
    if (channel === undefined) return ''
    const rest = channel.redactor.end()
    this.#channels.splice(this.#channels.indexOf(channel), 1)
    this.#record(channel.redactor)
    return rest
  }

  #maskRepeats(part: StreamPart, texts: TextsBySlot): void {
    const { searches, options } = this.#settings
    for (const slot of part.repeats) {
      const text = textOf(slot, texts)
      const masked = searches === undefined ? text : redactText(searches, options.style, text)
      if (masked !== slot.text) slot.replace(masked)
    }
  }

  #channelOf(name: string, part: StreamPart): Channel | undefined {
    const { searches, options } = this.#settings
    if (searches === undefined) return undefined
    const known = this.#find(name)
    if (known !== undefined) {
      // Parts that live until the next one comes are what V8 spends most of its collections on.
      if (!part.makesDeltasLike(known.part)) known.part = part
      return known
    }
    const channel = { name, redactor: new TextRedactor(searches, options), part }
    this.#channels.push(channel)
    return channel
  }

  #find(name: string): Channel | undefined {
    for (const channel of this.#channels) if (channel.name === name) return channel
    return undefined
  }

  #holdsTooMuch(): boolean {
    if (this.#channels.length > maxChannels) return true
    for (const { redactor } of this.#channels) if (redactor.rejected) return true
    return false
  }

  /** Sees to it that text does not wait for more text for longer than it may. */
  #schedule(): void {
    let dueAtMs = Number.POSITIVE_INFINITY
    for (const { redactor } of this.#channels) {
      dueAtMs = Math.min(dueAtMs, redactor.dueAtMs ?? Number.POSITIVE_INFINITY)
    }
    // A timer that comes too early looks again: most texts go out before they are due, and a timer costs more than that.
    if (dueAtMs >= this.#timerDueAtMs) return
    this.#cancelTimer?.()
    this.#timerDueAtMs = dueAtMs
    const delayMs = Math.max(0, dueAtMs - this.#now())
    this.#cancelTimer = this.#settings.clock.schedule(delayMs, () => this.#releaseDue())
  }

  #releaseDue(): void {
    this.#timerDueAtMs = Number.POSITIVE_INFINITY
    this.#cancelTimer = undefined
    if (this.#isOver) return
    const nowMs = this.#now()
    for (const { name, redactor, part } of this.#channels) {
      const released = redactor.release(nowMs)
      if (released !== '') this.#output.emit(part.createDelta(name, released))
    }
    if (this.#holdsTooMuch()) this.fail(heldTooMuch(this.#settings.origin))
    else this.#schedule()
  }

  #stop(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#cancelTimer?.()
    for (const { redactor } of this.#channels) this.#record(redactor)
    this.#channels = []
  }

  #record({ counts }: TextRedactor): void {
    recordGuard(this.#context, counts)
  }

  #now(): number {
    return this.#settings.clock.now()
  }
}

function textOf(slot: TextSlot, texts: TextsBySlot): string {
  return texts === asTheyAre ? slot.text : (texts.get(slot) ?? slot.text)
}

function textLengthOf({ deltas, repeats }: StreamPart): number {
  let length = 0
  for (const { text } of deltas) length += text.length
  for (const { text } of repeats) length += text.length
  return length
}
