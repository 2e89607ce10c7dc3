import { asRecord, asString } from '../shared/json-value.ts'
import { dropSpellings, isErrorChunk } from '../shared/openai/choices.ts'
import { readOpenAiUsage } from '../shared/openai/usage.ts'
import { isUsageChunk } from '../shared/openai/usage-report.ts'
import type { ChannelTable, DeltaWriter, Envelope } from '../shared/stream/channel-table.ts'
import { errorMessage } from '../shared/stream/error-message.ts'
import type { JsonPart } from '../shared/stream/json-part.ts'
import type { MessageReader } from '../shared/stream/read-message.ts'
import type { TextOwner } from '../shared/texts/text-collector.ts'
import { ArgumentDecoder } from '../shared/tool-arguments/argument-decoder.ts'

type Json = Record<string, unknown>

/** Reads the chunks of one streamed chat completion. */
export class ChunkReader implements MessageReader {
  readonly #channels: ChannelTable
  readonly #hideUsage: boolean
  readonly #decoders = new Map<string, ArgumentDecoder>()

  constructor(channels: ChannelTable, hideUsage: boolean) {
    this.#channels = channels
    this.#hideUsage = hideUsage
  }

  read(chunk: Json, part: JsonPart): void {
    const groqUsage = asRecord(chunk['x_groq'])?.['usage']
    part.usage = readOpenAiUsage(chunk['usage'] ?? groqUsage)
    part.model = asString(chunk['model'])
    part.dropper = () => dropSpellings(chunk)
    if (isErrorChunk(chunk)) {
      part.error = errorMessage(chunk['error'] ?? chunk)
      part.closesAll = true
    } else if (!Array.isArray(chunk['choices'])) part.known = false
    part.hidden = this.#hideUsage && isUsageChunk(chunk)
    part.repeated.addRecords(chunk, 'choices', answerOwner, (choice, position) => {
      this.#readChoice(chunk, choice, { part, index: choice['index'] ?? position })
    })
    part.repeated.addOthers(chunk, 'choices', answerOwner)
  }

  #readChoice(chunk: Json, choice: Json, { part, index }: { part: JsonPart; index: unknown }) {
    const owner = { channel: `choice ${index}`, role: 'assistant' }
    const inChoice = choiceEnvelope(chunk, index)
    for (const key of Object.keys(choice)) {
      const delta = key === 'delta' ? asRecord(choice[key]) : undefined
      const inDelta: Envelope = (piece) => inChoice({ delta: piece })
      if (delta) this.#readDelta(delta, { part, owner, envelope: inDelta })
      else part.addTexts(choice, key, owner, inChoice)
    }
    if (asString(choice['finish_reason']) !== undefined) {
      part.closes.push(...this.#channels.closeAll(`choice ${index}`))
    }
  }

  #readDelta(delta: Json, { part, owner, envelope }: Place): void {
    for (const key of Object.keys(delta)) {
      if (key === 'tool_calls') {
        part.repeated.addRecords(delta, key, owner, (call) =>
          this.#readToolCall(call, { part, owner, envelope }),
        )
      } else if (key === 'function_call' && asRecord(delta[key])) {
        const channel = `${owner.channel} function_call`
        const inCall: Envelope = (piece) => envelope({ function_call: piece })
        this.#readFunction(delta[key], { part, owner: { ...owner, channel }, envelope: inCall })
      } else part.addTexts(delta, key, owner, envelope)
    }
  }

  #readToolCall(call: Json, { part, owner, envelope }: Place): void {
    const index = call['index'] ?? 0
    const callOwner = { ...owner, channel: `${owner.channel} tool_calls ${index}` }
    const inCall: Envelope = (piece) => envelope({ tool_calls: [{ ...piece, index }] })
    for (const key of Object.keys(call)) {
      const inFunction: Envelope = (piece) => inCall({ function: piece })
      if (key === 'function' && asRecord(call[key])) {
        this.#readFunction(call[key], { part, owner: callOwner, envelope: inFunction })
      } else part.addTexts(call, key, callOwner, inCall)
    }
  }

  #readFunction(value: unknown, { part, owner, envelope }: Place): void {
    const called = asRecord(value)
    if (called === undefined) return
    for (const key of Object.keys(called)) {
      if (key === 'arguments' && asString(called[key]) !== undefined) {
        const channel = `${owner.channel} arguments`
        const decoder = this.#decoders.get(channel) ?? new ArgumentDecoder()
        this.#decoders.set(channel, decoder)
        const writer: DeltaWriter = (text) => envelope({ arguments: text })
        part.addArguments(called, key, { ...owner, channel, decoder }, writer)
      } else part.addTexts(called, key, owner, envelope)
    }
  }
}

const answerOwner = { channel: 'answer', role: undefined }

interface Place {
  readonly part: JsonPart
  readonly owner: TextOwner
  readonly envelope: Envelope
}

/** Chunks like `chunk` with one choice that has a piece of a delta and nothing else. */
function choiceEnvelope(chunk: Json, index: unknown): Envelope {
  return (piece) => {
    const { usage, choices, ...head } = chunk
    return { json: { ...head, choices: [{ index, delta: {}, finish_reason: null, ...piece }] } }
  }
}
