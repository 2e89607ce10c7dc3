import { asRecord, asString } from '../shared/json-value.ts'
import type { ChannelTable, Envelope } from '../shared/stream/channel-table.ts'
import { errorMessage } from '../shared/stream/error-message.ts'
import type { JsonPart } from '../shared/stream/json-part.ts'
import type { MessageReader } from '../shared/stream/read-message.ts'
import { collectParts, dropLogprobs, isError, textOwner } from './candidate.ts'
import { collectCall } from './response.ts'
import { readGeminiUsage } from './usage.ts'

type Json = Record<string, unknown>

const answerOwner = { channel: 'answer', role: undefined }

/** What a part has whole, however long it is. */
const wholeFields = new Set(['executableCode', 'codeExecutionResult', 'functionResponse'])

/** Reads the messages of one streamed answer, each of the form of a whole one. */
export class AnswerReader implements MessageReader {
  readonly #channels: ChannelTable

  constructor(channels: ChannelTable) {
    this.#channels = channels
  }

  read(answer: Json, part: JsonPart): void {
    part.usage = readGeminiUsage(answer['usageMetadata'])
    part.model = asString(answer['modelVersion'])
    part.dropper = () => dropLogprobs(answer)
    part.repeated.addRecords(answer, 'candidates', answerOwner, (candidate, position) => {
      this.#readCandidate(answer, candidate, { part, index: candidate['index'] ?? position })
    })
    part.repeated.addOthers(answer, 'candidates', answerOwner)
    if (isError(answer)) {
      part.error = errorMessage(answer['error'])
      part.closesAll = true
    } else if (!Array.isArray(answer['candidates']) && part.repeats.length > 0) {
      part.known = answer['promptFeedback'] !== undefined
    }
  }

  #readCandidate(
    answer: Json,
    candidate: Json,
    { part, index }: { part: JsonPart; index: unknown },
  ): void {
    const channel = `candidate ${index}`
    const owner = { channel, role: 'assistant' }
    collectParts(candidate, owner, part.repeated, (content) =>
      readPart(content, { part, channel, envelope: partEnvelope(answer, index, content) }),
    )
    part.repeated.addOthers(candidate, 'content', owner)
    if (asString(candidate['finishReason']) !== undefined) {
      part.closes.push(...this.#channels.closeAll(channel))
    }
  }
}

interface Place {
  readonly part: JsonPart
  readonly channel: string
  readonly envelope: Envelope
}

function readPart(content: Json, { part, channel, envelope }: Place): void {
  const owner = textOwner(channel, content)
  for (const key of Object.keys(content)) {
    const call = key === 'functionCall' ? asRecord(content[key]) : undefined
    if (call && asRecord(call['args'])) {
      collectCall(call, { ...owner, channel: `${channel} functionCall` }, part.repeated)
    } else if (wholeFields.has(key)) part.repeated.addMember(content, key, owner)
    else part.addTexts(content, key, owner, envelope)
  }
}

/** Messages like `answer` with one candidate that has one part and nothing else. */
function partEnvelope(answer: Json, index: unknown, { thought }: Json): Envelope {
  const kind = thought === true ? { thought } : {}
  return (piece) => {
    const { candidates, usageMetadata, ...head } = answer
    const content = { role: 'model', parts: [{ ...kind, ...piece }] }
    return { json: { ...head, candidates: [{ index, content }] } }
  }
}
