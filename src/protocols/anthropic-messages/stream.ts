import type { Usage } from '../../llm/usage.ts'
import { asRecord, asString } from '../shared/json-value.ts'
import type { ChannelTable, Envelope } from '../shared/stream/channel-table.ts'
import { errorMessage } from '../shared/stream/error-message.ts'
import type { JsonPart } from '../shared/stream/json-part.ts'
import type { MessageReader } from '../shared/stream/read-message.ts'
import { takeUnknown } from '../shared/stream/take-unknown.ts'
import { ArgumentDecoder } from '../shared/tool-arguments/argument-decoder.ts'
import { readAnthropicUsage } from './usage.ts'

type Json = Record<string, unknown>

/** Reads the events of one streamed message. */
export class EventReader implements MessageReader {
  readonly #channels: ChannelTable
  readonly #decoders = new Map<string, ArgumentDecoder>()
  #usage: Usage | undefined

  constructor(channels: ChannelTable) {
    this.#channels = channels
  }

  read(event: Json, part: JsonPart): void {
    switch (event['type']) {
      case 'message_start':
        this.#readStart(event, part)
        break
      case 'content_block_start':
        this.#readBlockStart(event, part)
        break
      case 'content_block_delta':
        this.#readDelta(event, part)
        break
      case 'content_block_stop':
        part.closes.push(...this.#channels.closeAll(channelOf(event)))
        takeUnknown(event, part)
        break
      case 'message_delta':
        this.#readUsage(event['usage'], part)
        takeWhole(event, part)
        break
      case 'message_stop':
        part.closesAll = true
        takeWhole(event, part)
        break
      case 'error':
        part.error = errorMessage(event['error'])
        part.closesAll = true
        takeWhole(event, part)
        break
      default:
        takeUnknown(event, part)
    }
  }

  #readStart(event: Json, part: JsonPart): void {
    const message = asRecord(event['message'])
    this.#readUsage(message?.['usage'], part)
    part.model = asString(message?.['model'])
    takeWhole(event, part)
  }

  #readUsage(usage: unknown, part: JsonPart): void {
    part.usage = readAnthropicUsage(usage, this.#usage)
    this.#usage = part.usage ?? this.#usage
  }

  /** A block's first text, mostly empty, continues with deltas; what else it begins with, such as results of a search, is whole. */
  #readBlockStart(event: Json, part: JsonPart): void {
    const block = asRecord(event['content_block'])
    if (block === undefined) {
      takeUnknown(event, part)
      return
    }
    const type = asString(block['type']) ?? ''
    const envelope = deltaEnvelope(event)
    for (const key of Object.keys(block)) {
      const owner = ownerOf(event)
      if (key === type && asString(block[key]) !== undefined) {
        part.addTexts(block, key, owner, (piece) => envelope({ ...piece, type: `${type}_delta` }))
      } else if (key === 'input' && asRecord(block[key])) {
        part.repeated.addJson(block, key, { ...owner, channel: `${owner.channel} input` })
      } else part.repeated.addMember(block, key, owner)
    }
    takeRest(event, 'content_block', part)
  }

  #readDelta(event: Json, part: JsonPart): void {
    const delta = asRecord(event['delta'])
    if (delta === undefined) {
      takeUnknown(event, part)
      return
    }
    const owner = ownerOf(event)
    const envelope = deltaEnvelope(event)
    for (const key of Object.keys(delta)) {
      if (key === 'partial_json' && asString(delta[key]) !== undefined) {
        const channel = `${owner.channel} input`
        const decoder = this.#decoders.get(channel) ?? new ArgumentDecoder()
        this.#decoders.set(channel, decoder)
        part.addArguments(delta, key, { ...owner, channel, decoder }, (text) =>
          envelope({ type: 'input_json_delta', partial_json: text }),
        )
      } else if (asRecord(delta[key])) part.repeated.addMember(delta, key, owner)
      else part.addTexts(delta, key, owner, envelope)
    }
    takeRest(event, 'delta', part)
  }
}

const channelOf = (event: Json) => `content ${event['index'] ?? 0}`

const ownerOf = (event: Json) => ({ channel: channelOf(event), role: 'assistant' })

function deltaEnvelope(event: Json): Envelope {
  const type = 'content_block_delta'
  return (piece) => ({ name: type, json: { type, index: event['index'] ?? 0, delta: piece } })
}

/** Whatever else an event says is whole. */
function takeRest(event: Json, read: string, part: JsonPart): void {
  part.repeated.addOthers(event, read, ownerOf(event))
}

/** What such an event says is whole, if it is text at all. */
function takeWhole(event: Json, part: JsonPart): void {
  part.repeated.addAll(event, { channel: 'answer', role: undefined })
}
