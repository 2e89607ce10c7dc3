import type { WireFormat } from '../../llm/wire-format.ts'
import { createFormat } from '../shared/create-format.ts'
import { createArrayReader } from './json-array/array-reader.ts'
import { canReadCounts, countedForm, requestForm } from './request.ts'
import { countForm, embeddingForm, responseForm } from './response.ts'
import { AnswerReader } from './stream.ts'
import { geminiUsage } from './usage.ts'

const fields = ['contents', 'content', 'systemInstruction', 'system_instruction', 'tools']

/** `generateContent` and `streamGenerateContent` of Gemini and Vertex AI. */
export const geminiGenerateContent: WireFormat = createFormat({
  name: 'gemini-generate-content',
  request: requestForm,
  fields: [...fields, 'generationConfig', 'generation_config'],
  canRead: canReadCounts,
  response: responseForm,
  usage: geminiUsage,
  createMessageReader: (channels) => new AnswerReader(channels),
  createOtherReader: (contentType) =>
    /^\s*application\/json\s*(;|$)/i.test(contentType)
      ? createArrayReader((channels) => new AnswerReader(channels))
      : undefined,
})

/** `countTokens`. */
export const geminiCountTokens: WireFormat = createFormat({
  name: 'gemini-count-tokens',
  request: countedForm,
  fields,
  response: countForm,
  usage: { usage: 'usageMetadata', model: undefined, readUsage: () => undefined },
})

/** `embedContent` and `batchEmbedContents`. */
export const geminiEmbedContent: WireFormat = createFormat({
  name: 'gemini-embed-content',
  request: countedForm,
  fields,
  response: embeddingForm,
  usage: geminiUsage,
})
