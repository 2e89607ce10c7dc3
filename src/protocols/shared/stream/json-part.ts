import { BodyPiece } from '../../../lib/http/body-piece.ts'
import { encodeJson } from '../../../lib/json/encode-json.ts'
import type { StreamPart } from '../../../llm/stream-part.ts'
import type { TextSlot } from '../../../llm/text-slot.ts'
import type { Usage } from '../../../llm/usage.ts'
import type { Frame } from '../frame.ts'
import { TextCollector, type TextOwner } from '../texts/text-collector.ts'
import type { ArgumentDecoder } from '../tool-arguments/argument-decoder.ts'
import type { ChannelTable, DeltaWriter, Envelope } from './channel-table.ts'

/** One message of a stream while its format reads it, and afterwards the part that policies see. */
export class JsonPart implements StreamPart {
  json: unknown
  readonly closes: string[] = []
  closesAll = false
  known = true
  error: string | undefined
  usage: Usage | undefined
  model: string | undefined
  hidden = false
  /** Takes repetitions out of {@link json}; true: there were some. */
  dropper: (() => boolean) | undefined
  readonly #frame: Frame
  readonly #channels: ChannelTable
  readonly #added = new TextCollector(() => this.markChanged(), false)
  readonly #repeated = new TextCollector(() => this.markChanged(), false)
  #changed = false
  #hasArguments = false

  constructor(frame: Frame, json: unknown, channels: ChannelTable) {
    this.#frame = frame
    this.json = json
    this.#channels = channels
  }

  get deltas(): readonly TextSlot[] {
    return this.#added.slots
  }

  get repeats(): readonly TextSlot[] {
    return this.#repeated.slots
  }

  /** It adds to one text and says nothing else, and what comes of it depends on no message before it. */
  get isOneText(): boolean {
    const saysMore = this.usage !== undefined || this.error !== undefined || this.hidden
    const ends = this.closesAll || this.closes.length > 0
    const isOne = this.deltas.length === 1 && this.repeats.length === 0
    return isOne && this.known && !saysMore && !ends && !this.#hasArguments && !this.#changed
  }

  /** Texts that the message has whole: repeated ones, and those that belong to no channel, such as an error's. */
  get repeated(): TextCollector {
    return this.#repeated
  }

  /** The string at `key`, or every string within it, continues a channel of the answer. */
  addTexts(
    holder: Record<string, unknown>,
    key: string,
    owner: TextOwner,
    envelope: Envelope,
  ): void {
    const first = this.#added.slots.length
    this.#added.addMember(holder, key, owner)
    for (const { channel, path } of this.#added.slots.slice(first)) {
      const writer = (text: string) => envelope(pathTo(holder, path, text))
      this.#channels.open(channel, channel, writer)
    }
  }

  /** The string at `key` continues the owner's channel itself. */
  addText(
    holder: Record<string, unknown>,
    key: string,
    owner: TextOwner,
    writer: DeltaWriter,
  ): void {
    this.#added.add(holder, key, owner)
    this.#channels.open(owner.channel, owner.channel, writer)
  }

  /** The string at `key` is a piece of the JSON text that the arguments of a tool call are. */
  addArguments(
    holder: Record<string, unknown>,
    key: string,
    { decoder, ...owner }: TextOwner & { readonly decoder: ArgumentDecoder },
    writer: DeltaWriter,
  ): void {
    this.#hasArguments = true
    const first = this.#added.slots.length
    const ended = this.#added.addArguments(holder, key, { ...owner, decoder })
    for (const { channel } of this.#added.slots.slice(first)) {
      this.#channels.open(channel, owner.channel, (text) => writer(decoder.encode(text)))
    }
    for (const channel of ended) this.#channels.close(channel)
    this.closes.push(...ended)
  }

  dropRepetitions(): void {
    if (this.dropper?.() === true) this.markChanged()
  }

  markChanged(): void {
    this.#changed = true
  }

  encode(): BodyPiece {
    if (!this.#changed) return this.#frame.piece
    return BodyPiece.ofBytes(this.#frame.encode(encodeJson(this.json, { sortKeys: false })))
  }

  makesDeltasLike(other: StreamPart): boolean {
    return other === this
  }

  createDelta(channel: string, text: string): StreamPart {
    const { json, name } = this.#channels.createDelta(channel, text)
    const create = (created: string) => this.#frame.create(created, name)
    const frame: Frame = {
      piece: BodyPiece.ofBytes(create(encodeJson(json, { sortKeys: false }))),
      encode: create,
      create: (...parts) => this.#frame.create(...parts),
    }
    const part = new JsonPart(frame, json, this.#channels)
    part.#added.addSlot({ channel, role: 'assistant' }, text, (replacement) => {
      part.json = this.#channels.createDelta(channel, replacement).json
    })
    return part
  }
}

/** What says where in its list a part belongs, and what it is. */
const placeKeys = ['type', 'index', 'jsonPath']

/** A copy of `value` that holds nothing but `text` at the end of the path, and what says which part of a list it is in. */
function pathTo(value: unknown, path: readonly string[], text: string): Record<string, unknown> {
  return copyAlong(value, path, text) as Record<string, unknown>
}

function copyAlong(value: unknown, [key, ...rest]: readonly string[], text: string): unknown {
  if (key === undefined) return text
  const container = value as Record<string, unknown>
  const inner = copyAlong(container[key], rest, text)
  if (Array.isArray(value)) return [inner]
  const kept = placeKeys.filter((name) => name !== key && container[name] !== undefined)
  return { ...Object.fromEntries(kept.map((name) => [name, container[name]])), [key]: inner }
}
