import type { StreamReader } from '../../llm/stream-part.ts'
import type { StreamOptions, WireFormat } from '../../llm/wire-format.ts'
import { JsonRequest, type RequestForm } from './request/json-request.ts'
import { MiscasedKeys } from './request/miscased-keys.ts'
import { JsonResponse, type ResponseForm } from './response/json-response.ts'
import type { SseEvent } from './sse/sse-event.ts'
import type { ChannelTable } from './stream/channel-table.ts'
import type { MessageReader } from './stream/read-message.ts'
import { isEventStream, SseReader } from './stream/sse-reader.ts'
import { hideEvents } from './usage/hiding-scan.ts'
import { createUsageScan, type UsageNames } from './usage/usage-scan.ts'

/** What a format of JSON bodies and server-sent events consists of. */
export interface FormatParts {
  readonly name: string
  readonly request: RequestForm
  /** Fields that a guard must find where it looks for them: a body that spells them in another case is refused. */
  readonly fields: readonly string[]
  /** Whether the body can be read at all; left out: always. */
  canRead?(json: Record<string, unknown>): boolean
  readonly response: ResponseForm
  readonly usage: UsageNames
  /** Left out: streams are of server-sent events alone. */
  createOtherReader?(contentType: string, options: StreamOptions): StreamReader | undefined
  /** Left out: answers do not come as server-sent events. */
  createMessageReader?(channels: ChannelTable, options: StreamOptions): MessageReader
  /** Which events only report usage that a stream has been asked for; left out: none. */
  isUsageReport?(event: SseEvent): boolean
}

/** Puts a format together. */
export function createFormat(parts: FormatParts): WireFormat {
  const { name, request, response, usage, isUsageReport } = parts
  const miscasedKeys = new MiscasedKeys(parts.fields)
  return {
    name,
    readRequest: (json) =>
      miscasedKeys.standIn(json) ||
      !hasReadableStream(json, request) ||
      parts.canRead?.(json) === false
        ? undefined
        : new JsonRequest(json, request),
    readResponse: (json) => new JsonResponse(json, response),
    createStreamReader: (contentType, options) => createReader(parts, contentType, options),
    createUsageScan({ hideUsage }) {
      const scan = createUsageScan(usage)
      return hideUsage && isUsageReport ? hideEvents(scan, isUsageReport) : scan
    },
  }
}

/** Some providers take `"stream": "true"` or 1 too, and would then stream unasked, without a report of usage. */
function hasReadableStream({ stream }: Record<string, unknown>, request: RequestForm): boolean {
  const isFlag = typeof stream === 'boolean' || stream === undefined || stream === null
  return isFlag || request.setStreaming === undefined
}

function createReader(parts: FormatParts, contentType: string, options: StreamOptions) {
  const { createMessageReader } = parts
  if (createMessageReader === undefined || !isEventStream(contentType)) {
    return parts.createOtherReader?.(contentType, options)
  }
  return new SseReader((channels) => createMessageReader(channels, options))
}
