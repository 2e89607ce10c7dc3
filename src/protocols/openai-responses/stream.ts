import { asRecord, asString } from '../shared/json-value.ts'
import { readTokenUsage } from '../shared/openai/token-usage.ts'
import type { ChannelTable, Envelope } from '../shared/stream/channel-table.ts'
import { errorMessage } from '../shared/stream/error-message.ts'
import type { JsonPart } from '../shared/stream/json-part.ts'
import type { MessageReader } from '../shared/stream/read-message.ts'
import { takeUnknown } from '../shared/stream/take-unknown.ts'
import { ArgumentDecoder } from '../shared/tool-arguments/argument-decoder.ts'
import { collectItem, collectPart, collectText, dropLogprobs, isJsonText } from './output-item.ts'
import { collectAnswer } from './response.ts'

type Json = Record<string, unknown>

/** After these nothing follows. */
const lastEvents = new Set(['response.completed', 'response.incomplete', 'response.failed'])

/** Bytes, not text. */
const soundDelta = 'response.audio.delta'

/** Reads the events of one streamed answer. */
export class EventReader implements MessageReader {
  readonly #channels: ChannelTable
  readonly #decoders = new Map<string, ArgumentDecoder>()

  constructor(channels: ChannelTable) {
    this.#channels = channels
  }

  read(event: Json, part: JsonPart): void {
    const type = asString(event['type']) ?? ''
    part.dropper = () => dropLogprobs(event)
    if (type === 'error') {
      part.error = errorMessage(event['error'] ?? event)
      part.closesAll = true
      part.repeated.addAll(event, { channel: 'answer', role: undefined })
      return
    }
    const read = this.#readKnown(event, part, type)
    if (read === undefined) takeUnknown(event, part)
    else takeRest(event, part, read)
  }

  /** Reads what an event of a known kind says; returns the field that said it. */
  #readKnown(event: Json, part: JsonPart, type: string): string | undefined {
    if (asRecord(event['response'])) {
      this.#readAnswer(event, part, type)
      return 'response'
    }
    if (asRecord(event['item'])) {
      this.#readItem(event, part, type)
      return 'item'
    }
    if (asRecord(event['part'])) {
      readPart(event, part)
      return 'part'
    }
    if (type.endsWith('.delta')) {
      this.#readDelta(event, part, type)
      return 'delta'
    }
    if (asRecord(event['annotation'])) return ''
    return type.endsWith('.done') ? this.#readDone(event, part, type) : undefined
  }

  #readAnswer(event: Json, part: JsonPart, type: string): void {
    const answer = asRecord(event['response']) ?? {}
    part.usage = readTokenUsage(answer['usage'])
    part.model = asString(answer['model'])
    collectAnswer(answer, part.repeated)
    part.closesAll = lastEvents.has(type)
    if (type === 'response.failed') part.error = errorMessage(answer['error'])
  }

  #readItem(event: Json, part: JsonPart, type: string): void {
    const owner = ownerOf(event)
    collectItem(asRecord(event['item']) ?? {}, owner, part.repeated)
    if (type.endsWith('.done')) part.closes.push(...this.#channels.closeAll(owner.channel))
  }

  #readDelta(event: Json, part: JsonPart, type: string): void {
    const kind = kindOf(type)
    const owner = { ...ownerOf(event), channel: channelOf(event, kind) }
    const envelope: Envelope = (piece) => {
      const { delta, logprobs, obfuscation, ...head } = event
      return { name: type, json: { ...head, ...piece } }
    }
    if (type === soundDelta) return
    if (isJsonText(kind)) {
      const decoder = this.#decoders.get(owner.channel) ?? new ArgumentDecoder()
      this.#decoders.set(owner.channel, decoder)
      part.addArguments(event, 'delta', { ...owner, decoder }, (text) => envelope({ delta: text }))
    } else if (typeof event['delta'] === 'string') {
      part.addText(event, 'delta', owner, (text) => envelope({ delta: text }))
    } else part.addTexts(event, 'delta', owner, envelope)
  }

  /** The whole text stands in a field called after it, or in `text`. */
  #readDone(event: Json, part: JsonPart, type: string): string {
    const kind = kindOf(type)
    const channel = channelOf(event, kind)
    part.closes.push(...this.#channels.closeAll(channel))
    const owner = ownerOf(event)
    const key = wholeFields.find((field) => typeof event[field] === 'string')
    if (key === 'arguments') collectText(event, key, { owner, kind, texts: part.repeated })
    else if (key !== undefined) part.repeated.add(event, key, { ...owner, channel })
    return key ?? ''
  }
}

/** Where the events that end a text hold it. */
const wholeFields = ['arguments', 'text', 'refusal', 'input', 'code', 'transcript']

/** Whatever else an event says is whole. */
function takeRest(event: Json, part: JsonPart, read: string): void {
  part.repeated.addOthers(event, read, ownerOf(event))
}

function readPart(event: Json, part: JsonPart): void {
  const content = asRecord(event['part']) ?? {}
  const index = event['content_index'] ?? event['summary_index'] ?? 0
  collectPart(content, { owner: ownerOf(event), index, texts: part.repeated })
}

const ownerOf = (event: Json) => ({
  channel: `output ${event['output_index'] ?? 0}`,
  role: 'assistant',
})

/** What an event streams, such as `output_text`. */
const kindOf = (type: string) => type.replace(/^response\./, '').replace(/\.(delta|done)$/, '')

/** Texts that stand in parts are numbered by them. */
function channelOf(event: Json, kind: string): string {
  const index = event['content_index'] ?? event['summary_index']
  const channel = `${ownerOf(event).channel} ${kind}`
  return index === undefined ? channel : `${channel} ${index}`
}
