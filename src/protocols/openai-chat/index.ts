import type { WireFormat } from '../../llm/wire-format.ts'
import { createFormat } from '../shared/create-format.ts'
import { isUsageEvent, openAiUsageNames } from '../shared/openai/usage-report.ts'
import { hasReadableCounts } from '../shared/request/has-readable-counts.ts'
import { type ChatDialect, countFields, createRequestForm } from './request.ts'
import { responseForm } from './response.ts'
import { ChunkReader } from './stream.ts'

const fields = ['model', 'messages', 'tools', 'functions', 'stream', ...countFields]

/** Chat Completions as OpenAI and Azure OpenAI speak them. */
export const openAiChat: WireFormat = createChatFormat('openai-chat', {
  usageOnRequest: true,
  outputLimitFields: ['max_completion_tokens', 'max_tokens'],
})

/** Chat Completions as Mistral speaks them: usage ends every stream, and asking for it is refused. */
export const mistralChat: WireFormat = createChatFormat('mistral-chat', {
  usageOnRequest: false,
  outputLimitFields: ['max_tokens'],
})

function createChatFormat(name: string, dialect: ChatDialect): WireFormat {
  return createFormat({
    name,
    request: createRequestForm(dialect),
    fields: [...fields, ...dialect.outputLimitFields],
    canRead: (json) => hasReadableCounts(json, countFields),
    response: responseForm,
    usage: openAiUsageNames,
    createMessageReader: (channels, { hideUsage }) => new ChunkReader(channels, hideUsage),
    isUsageReport: isUsageEvent,
  })
}
