import type { ModelRequest } from './model-request.ts'
import type { ModelResponse } from './model-response.ts'
import type { StreamReader } from './stream-part.ts'
import type { UsageScan } from './usage-scan.ts'

/** How bodies of requests and answers of one API are written. */
export interface WireFormat {
  /** Such as `openai-chat`. */
  readonly name: string
  /**
   * `json` was read by `lib/json/read-json-object.ts`, so without duplicate keys. Undefined: it cannot be a request of this
   * format, or providers could read it in more than one way. `path` is the client's.
   */
  readRequest(json: Record<string, unknown>, path: string): ModelRequest | undefined
  readResponse(json: Record<string, unknown>): ModelResponse
  /** `contentType` of the answer; undefined: not a stream of this format. */
  createStreamReader(contentType: string, options: StreamOptions): StreamReader | undefined
  /** The cheap way to the usage of a whole answer or a stream whose texts nobody reads or changes. */
  createUsageScan(options: StreamOptions): UsageScan
}

export interface StreamOptions {
  /** True: the gateway asked for the report of usage, so events that only report it are hidden. */
  readonly hideUsage: boolean
}
