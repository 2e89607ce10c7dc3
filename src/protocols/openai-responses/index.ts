import type { WireFormat } from '../../llm/wire-format.ts'
import { createFormat } from '../shared/create-format.ts'
import { tokenUsageNames } from '../shared/openai/token-usage.ts'
import { requestForm } from './request.ts'
import { responseForm } from './response.ts'
import { EventReader } from './stream.ts'

/** OpenAI's Responses API. */
export const openAiResponses: WireFormat = createFormat({
  name: 'openai-responses',
  request: requestForm,
  fields: ['model', 'input', 'instructions', 'tools', 'prompt', 'stream', 'max_output_tokens'],
  response: responseForm,
  usage: tokenUsageNames,
  createMessageReader: (channels) => new EventReader(channels),
})
