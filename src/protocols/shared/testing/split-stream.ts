import { BodyPiece } from '../../../lib/http/body-piece.ts'
import type { StreamPart, StreamReader } from '../../../llm/stream-part.ts'
import type { TextSlot } from '../../../llm/text-slot.ts'
import type { WireFormat } from '../../../llm/wire-format.ts'

/** How a test has a stream read. */
export interface StreamCase {
  readonly format: WireFormat
  readonly contentType?: string
  readonly hideUsage?: boolean
}

export function createReader({ format, contentType, hideUsage }: StreamCase): StreamReader {
  const type = contentType ?? 'text/event-stream; charset=utf-8'
  const reader = format.createStreamReader(type, { hideUsage: hideUsage === true })
  if (reader === undefined) throw new Error(`${format.name} reads no ${type}`)
  return reader
}

/** As a connection does, it reads each chunk into memory that is the next one's. */
export function readParts(testCase: StreamCase, chunks: readonly Buffer[]): StreamPart[] {
  const reader = createReader(testCase)
  const memory = Buffer.alloc(Math.max(0, ...chunks.map(({ length }) => length)))
  const parts = chunks.flatMap((chunk) => {
    chunk.copy(memory)
    const read = reader.push(BodyPiece.ofBytes(memory.subarray(0, chunk.length)))
    memory.fill('?')
    return read
  })
  return [...parts, ...reader.end()]
}

/** What a part says, in a form that is compared and read easily; what it does not say is left out. */
export function describePart(part: StreamPart): Record<string, unknown> {
  const say = (slots: readonly TextSlot[]) =>
    slots.length === 0 ? undefined : slots.map(({ channel, text }) => `${channel}: ${text}`)
  const said = {
    deltas: say(part.deltas),
    closes: part.closes.length === 0 ? undefined : part.closes,
    closesAll: part.closesAll || undefined,
    repeats: say(part.repeats),
    known: part.known ? undefined : false,
    error: part.error,
    usage: part.usage,
    hidden: part.hidden || undefined,
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

/**
 * Every way to split bytes at one place and at two that are close; of places that lie far apart each is met alone. Splits of
 * events at any two places are the business of the framer's tests.
 */
export function* splits(bytes: Buffer): Generator<Buffer[]> {
  for (let one = 1; one <= bytes.length; one++) {
    for (let two = one; two <= Math.min(one + 2, bytes.length); two++) {
      yield [bytes.subarray(0, one), bytes.subarray(one, two), bytes.subarray(two)]
    }
  }
}

/** All texts of a stream by channel. */
export function textsOf(testCase: StreamCase, chunks: readonly Buffer[]): Map<string, string> {
  const texts = new Map<string, string>()
  for (const part of readParts(testCase, chunks)) {
    for (const { channel, text } of part.deltas)
      texts.set(channel, (texts.get(channel) ?? '') + text)
  }
  return texts
}

/** Holds every text back until it is over, as a guard may, and sends on what `edit` makes of it. */
export function editWholeTexts(
  testCase: StreamCase,
  chunks: readonly Buffer[],
  edit: (text: string) => string,
): Buffer {
  const editor = new HoldingEditor(edit)
  for (const part of readParts(testCase, chunks)) editor.push(part)
  return editor.end()
}

class HoldingEditor {
  readonly #edit: (text: string) => string
  readonly #held = new Map<string, string>()
  readonly #output: Buffer[] = []
  #last: StreamPart | undefined

  constructor(edit: (text: string) => string) {
    this.#edit = edit
  }

  push(part: StreamPart): void {
    const lastSlots = new Map(part.deltas.map((slot) => [slot.channel, slot]))
    for (const slot of part.deltas) {
      const text = (this.#held.get(slot.channel) ?? '') + slot.text
      const isOver = part.closes.includes(slot.channel) && lastSlots.get(slot.channel) === slot
      this.#held.set(slot.channel, isOver ? '' : text)
      slot.replace(isOver ? this.#edit(text) : '')
    }
    for (const channel of part.closesAll ? this.#held.keys() : part.closes) {
      this.#release(channel, part)
    }
    for (const slot of part.repeats) slot.replace(this.#edit(slot.text))
    if (!part.hidden) this.#output.push(part.encode().bytes)
    if (part.deltas.length > 0) this.#last = part
  }

  end(): Buffer {
    for (const channel of this.#held.keys()) if (this.#last) this.#release(channel, this.#last)
    return Buffer.concat(this.#output)
  }

  #release(channel: string, part: StreamPart): void {
    const text = this.#held.get(channel) ?? ''
    this.#held.delete(channel)
    if (text !== '') this.#output.push(part.createDelta(channel, this.#edit(text)).encode().bytes)
  }
}
