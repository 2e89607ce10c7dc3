import type { GatewayError, GatewayErrorCode } from '../../errors/gateway-error.ts'
import { httpStatusOf } from '../../errors/http-status.ts'
import type { ErrorStyle } from '../../providers/provider.ts'

/** Refusals whose texts are fixed: clients know them as they are, whatever API they speak. */
const fixedTexts: ReadonlySet<GatewayErrorCode> = new Set([
  'unauthenticated',
  'forbidden',
  'fault-injected',
  'rate-limited',
  'rate-limit-unavailable',
  'route-not-found',
  'prompt-rejected',
])

/** A guard that could not judge a request answers with the operator's words, as if it had judged. */
const isWorded = ({ code, status }: GatewayError) =>
  code === 'guard-unavailable' && status !== undefined

/** An error as clients of a provider's API expect it; undefined: it stays plain text. */
export function encodeError(style: ErrorStyle, error: GatewayError): string | undefined {
  if (fixedTexts.has(error.code) || isWorded(error)) return undefined
  return JSON.stringify(errorObject(style, error))
}

/** The event that ends a stream with an error; undefined: this API has none, so the stream is cut. */
export function encodeStreamError(style: ErrorStyle, error: GatewayError): Buffer | undefined {
  const data = JSON.stringify(errorObject(style, error))
  switch (style) {
    case 'openai':
      return Buffer.from(`data: ${data}\n\n`)
    case 'anthropic':
      return Buffer.from(`event: error\ndata: ${data}\n\n`)
    case 'gemini':
      return Buffer.from(`data: ${data}\r\n\r\n`)
    case 'bedrock':
      return undefined
  }
}

function errorObject(style: ErrorStyle, error: GatewayError): object {
  const { code, message } = error
  const status = httpStatusOf(error)
  const own = status < 500
  switch (style) {
    case 'openai': {
      const type = own ? 'invalid_request_error' : 'server_error'
      return { error: { message, type, param: null, code: code.replaceAll('-', '_') } }
    }
    case 'anthropic':
      return { type: 'error', error: { type: anthropicType(status), message } }
    case 'gemini':
      return { error: { code: status, message, status: googleStatus(status) } }
    case 'bedrock':
      return { message }
  }
}

/** https://docs.anthropic.com/en/api/errors. */
function anthropicType(status: number): string {
  if (status === 404) return 'not_found_error'
  if (status === 413) return 'request_too_large'
  if (status === 403) return 'permission_error'
  return status < 500 ? 'invalid_request_error' : 'api_error'
}

/** https://cloud.google.com/apis/design/errors. */
function googleStatus(status: number): string {
  if (status === 404) return 'NOT_FOUND'
  if (status === 403) return 'PERMISSION_DENIED'
  if (status < 500) return 'INVALID_ARGUMENT'
  if (status === 504) return 'DEADLINE_EXCEEDED'
  return status === 503 ? 'UNAVAILABLE' : 'INTERNAL'
}
