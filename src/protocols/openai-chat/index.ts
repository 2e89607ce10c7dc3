import { parseJson } from '../../lib/json/parse-json.ts'
import type { WireFormat } from '../../llm/wire-format.ts'
import { asRecord, asString } from '../shared/json-value.ts'
import { hasMiscasedKey } from '../shared/request/has-miscased-key.ts'
import { JsonRequest } from '../shared/request/json-request.ts'
import { JsonResponse } from '../shared/response/json-response.ts'
import type { SseEvent } from '../shared/sse/sse-event.ts'
import { createSseReader, isEventStream } from '../shared/stream/sse-reader.ts'
import { hideEvents } from '../shared/usage/hiding-scan.ts'
import { readOpenAiUsage } from '../shared/usage/openai-usage.ts'
import { createUsageScan } from '../shared/usage/usage-scan.ts'
import { type ChatDialect, chatFields, createRequestForm } from './request.ts'
import { responseForm } from './response.ts'
import { ChunkReader, isUsageReport } from './stream.ts'

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
  const requestForm = createRequestForm(dialect)
  return {
    name,
    readRequest: (json) =>
      hasMiscasedKey(json, chatFields) ? undefined : new JsonRequest(json, requestForm),
    readResponse: (json) => new JsonResponse(json, responseForm),
    createStreamReader: (contentType, { hideUsage }) =>
      isEventStream(contentType)
        ? createSseReader((channels) => new ChunkReader(channels, hideUsage))
        : undefined,
    createUsageScan({ hideUsage }) {
      const scan = createUsageScan({ usage: 'usage', model: 'model', readUsage: readOpenAiUsage })
      return hideUsage ? hideEvents(scan, reportsUsage) : scan
    },
  }
}

function reportsUsage(event: SseEvent): boolean {
  if (!event.bytes.includes('"usage"')) return false
  const parsed = parseJson(asString(event.data) ?? '')
  const chunk = 'value' in parsed ? asRecord(parsed.value) : undefined
  return chunk !== undefined && isUsageReport(chunk)
}
