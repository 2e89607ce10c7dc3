import type { WireFormat } from '../../llm/wire-format.ts'
import { createFormat } from '../shared/create-format.ts'
import { requestForm } from './request.ts'
import { countForm, responseForm } from './response.ts'
import { EventReader } from './stream.ts'
import { anthropicUsage } from './usage.ts'

const fields = ['model', 'system', 'messages', 'tools', 'stream', 'max_tokens']

/** Anthropic's Messages API. */
export const anthropicMessages: WireFormat = createFormat({
  name: 'anthropic-messages',
  request: requestForm,
  fields,
  response: responseForm,
  usage: anthropicUsage,
  createMessageReader: (channels) => new EventReader(channels),
})

/** How many tokens a request to that API would have: the same body, another answer. */
export const anthropicCountTokens: WireFormat = createFormat({
  name: 'anthropic-count-tokens',
  request: requestForm,
  fields,
  response: countForm,
  usage: { usage: 'usage', model: undefined, readUsage: () => undefined },
})
