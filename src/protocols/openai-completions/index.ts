import type { WireFormat } from '../../llm/wire-format.ts'
import { createFormat } from '../shared/create-format.ts'
import { asCount, asString } from '../shared/json-value.ts'
import { dropSpellings, isErrorChunk, setStreaming } from '../shared/openai/choices.ts'
import { canReadInput, collectInput, countTokenNumbers } from '../shared/openai/input.ts'
import { readOpenAiUsage } from '../shared/openai/usage.ts'
import { isUsageChunk, isUsageEvent, openAiUsageNames } from '../shared/openai/usage-report.ts'
import { hasReadableCounts } from '../shared/request/has-readable-counts.ts'
import type { RequestForm } from '../shared/request/json-request.ts'
import { findOverlaidLimit, openAiLimit } from '../shared/request/token-limit.ts'
import type { ResponseForm } from '../shared/response/json-response.ts'
import type { ChannelTable } from '../shared/stream/channel-table.ts'
import { errorMessage } from '../shared/stream/error-message.ts'
import type { JsonPart } from '../shared/stream/json-part.ts'
import type { MessageReader } from '../shared/stream/read-message.ts'

type Json = Record<string, unknown>

const unreadFields = new Set(['model', 'stop', 'user', 'stream_options', 'echo'])

/** How many answers are written for each prompt. */
const countFields = ['n', 'best_of'] as const

const request: RequestForm = {
  collectTexts(json, texts) {
    for (const key of Object.keys(json)) {
      if (unreadFields.has(key)) continue
      if (key === 'prompt' || key === 'suffix') collectInput(json, key, texts)
      else texts.addMember(json, key, { channel: 'request', role: undefined })
    }
  },
  setStreaming: (json, streaming) => setStreaming(json, streaming, true),
  tokenNumbers: (json) => countTokenNumbers(json['prompt']),
  hasModel: true,
  unlimitedOutput: findOverlaidLimit,
  outputLimit: openAiLimit('max_tokens'),
  choiceCount: (json) => Math.max(...countFields.map((field) => asCount(json[field]) ?? 1)),
}

const response: ResponseForm = {
  collectTexts(json, texts) {
    texts.addRecords(json, 'choices', answerOwner, (choice, position) => {
      texts.addAll(choice, ownerOf(choice, position))
    })
    for (const key of Object.keys(json)) {
      if (key !== 'choices') texts.addMember(json, key, answerOwner)
    }
    return Array.isArray(json['choices'])
  },
  dropRepetitions: dropSpellings,
  readUsage: (json) => readOpenAiUsage(json['usage']),
  readModel: (json) => asString(json['model']),
}

const answerOwner = { channel: 'answer', role: undefined }

const ownerOf = (choice: Json, position: number) => ({
  channel: `choice ${choice['index'] ?? position}`,
  role: 'assistant',
})

function createMessageReader(channels: ChannelTable, hideUsage: boolean): MessageReader {
  const readChoice = (chunk: Json, choice: Json, part: JsonPart) => {
    const owner = ownerOf(choice, 0)
    const { usage, ...head } = chunk
    for (const key of Object.keys(choice)) {
      part.addTexts(choice, key, owner, (piece) => ({
        json: {
          ...head,
          choices: [
            {
              text: '',
              index: choice['index'] ?? 0,
              logprobs: null,
              finish_reason: null,
              ...piece,
            },
          ],
        },
      }))
    }
    if (asString(choice['finish_reason']) !== undefined) {
      part.closes.push(...channels.closeAll(owner.channel))
    }
  }
  return {
    read(chunk, part) {
      part.usage = readOpenAiUsage(chunk['usage'])
      part.model = asString(chunk['model'])
      part.dropper = () => dropSpellings(chunk)
      part.hidden = hideUsage && isUsageChunk(chunk)
      if (isErrorChunk(chunk)) {
        part.error = errorMessage(chunk['error'] ?? chunk)
        part.closesAll = true
      } else if (!Array.isArray(chunk['choices'])) part.known = false
      part.repeated.addRecords(chunk, 'choices', answerOwner, (choice) =>
        readChoice(chunk, choice, part),
      )
      part.repeated.addOthers(chunk, 'choices', answerOwner)
    },
  }
}

/** Completions of a prompt, the older of OpenAI's APIs for texts. */
export const openAiCompletions: WireFormat = createFormat({
  name: 'openai-completions',
  request,
  fields: ['model', 'prompt', 'suffix', 'stream', 'max_tokens', ...countFields],
  canRead: (json) => canReadInput(json['prompt']) && hasReadableCounts(json, countFields),
  response,
  usage: openAiUsageNames,
  createMessageReader: (channels, { hideUsage }) => createMessageReader(channels, hideUsage),
  isUsageReport: isUsageEvent,
})
