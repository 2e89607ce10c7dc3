import type { ModelRequest } from './model-request.ts'
import type { ModelResponse } from './model-response.ts'
import type { StreamReader } from './stream-part.ts'

/** How bodies of requests and answers of one API are written. */
export interface WireFormat {
  /** Such as `openai-chat`. */
  readonly name: string
  /** `json` was parsed from a body without duplicate keys; undefined: it cannot be a request of this format. */
  readRequest(json: Record<string, unknown>, path: string): ModelRequest | undefined
  readResponse(json: Record<string, unknown>): ModelResponse
  /** `contentType` of the answer; undefined: not a stream of this format. */
  createStreamReader(contentType: string, options: StreamOptions): StreamReader | undefined
}

export interface StreamOptions {
  /** True: the gateway asked for the report of usage, so events that only report it are hidden. */
  readonly hideUsage: boolean
}
