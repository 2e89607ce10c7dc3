import { asRecord, asString } from '../shared/json-value.ts'
import type { ChannelTable, Envelope } from '../shared/stream/channel-table.ts'
import { errorMessage } from '../shared/stream/error-message.ts'
import type { JsonPart } from '../shared/stream/json-part.ts'
import type { MessageReader } from '../shared/stream/read-message.ts'
import type { TextOwner } from '../shared/texts/text-collector.ts'
import { ArgumentDecoder } from '../shared/tool-arguments/argument-decoder.ts'
import { readBedrockUsage } from './usage.ts'

type Json = Record<string, unknown>

/** Reads the events of one `ConverseStream`. */
export class ConverseReader implements MessageReader {
  readonly #channels: ChannelTable
  readonly #decoders = new Map<string, ArgumentDecoder>()

  constructor(channels: ChannelTable) {
    this.#channels = channels
  }

  read(event: Json, part: JsonPart, name: string | undefined): void {
    switch (name) {
      case 'contentBlockDelta':
        this.#readDelta(event, part)
        break
      case 'contentBlockStop':
        part.closes.push(...this.#channels.closeAll(channelOf(event)))
        takeUnknown(event, part)
        break
      case 'messageStop':
        part.closes.push(...this.#channels.closeAll('content'))
        takeWhole(event, part)
        break
      case 'metadata':
        part.usage = readBedrockUsage(event['usage'])
        takeWhole(event, part)
        break
      case 'messageStart':
      case 'contentBlockStart':
        takeWhole(event, part)
        break
      default:
        this.#readOther(event, part, name)
    }
  }

  #readOther(event: Json, part: JsonPart, name: string | undefined): void {
    if (name?.endsWith('Exception') === true) {
      part.error = errorMessage(event)
      part.closesAll = true
      takeWhole(event, part)
    } else takeUnknown(event, part)
  }

  #readDelta(event: Json, part: JsonPart): void {
    const delta = asRecord(event['delta'])
    if (delta === undefined) {
      takeUnknown(event, part)
      return
    }
    const owner = { channel: channelOf(event), role: 'assistant' }
    const envelope = deltaEnvelope(event)
    for (const key of Object.keys(delta)) {
      const inner = asRecord(delta[key])
      if (key === 'toolUse' && inner) this.#readToolUse(inner, { part, owner, envelope })
      else if (key === 'citation') part.repeated.addMember(delta, key, owner)
      else part.addTexts(delta, key, owner, envelope)
    }
    for (const key of Object.keys(event)) {
      if (key !== 'delta' && !isPadding(event, key)) part.repeated.addMember(event, key, owner)
    }
  }

  #readToolUse(use: Json, { part, owner, envelope }: Place): void {
    const channel = `${owner.channel} input`
    for (const key of Object.keys(use)) {
      if (key === 'input' && asString(use[key]) !== undefined) {
        const decoder = this.#decoders.get(channel) ?? new ArgumentDecoder()
        this.#decoders.set(channel, decoder)
        part.addArguments(use, key, { ...owner, channel, decoder }, (text) =>
          envelope({ toolUse: { input: text } }),
        )
      } else part.addTexts(use, key, owner, (piece) => envelope({ toolUse: piece }))
    }
  }
}

interface Place {
  readonly part: JsonPart
  readonly owner: TextOwner
  readonly envelope: Envelope
}

const channelOf = (event: Json) => `content ${event['contentBlockIndex'] ?? 0}`

function deltaEnvelope({ contentBlockIndex = 0 }: Json): Envelope {
  return (piece) => ({ name: 'contentBlockDelta', json: { contentBlockIndex, delta: piece } })
}

/** Bedrock pads events with letters so that their lengths tell nothing. */
function isPadding(event: Json, key: string): boolean {
  const value = event[key]
  return key === 'p' && typeof value === 'string' && /^[A-Za-z0-9]*$/.test(value)
}

/** What such an event says is whole, if it is text at all. */
function takeWhole(event: Json, part: JsonPart): void {
  for (const key of Object.keys(event)) {
    if (isPadding(event, key)) continue
    part.repeated.addMember(event, key, { channel: 'answer', role: undefined })
  }
}

/** An event that is not known may pass a guard only if it holds no text. */
function takeUnknown(event: Json, part: JsonPart): void {
  takeWhole(event, part)
  if (part.repeats.length > 0) part.known = false
}
