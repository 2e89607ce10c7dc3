import { type CompleteAnswer, jsonAnswer } from '../../provider.ts'

/** Anthropic's error object. */
export function anthropicError(status: number, type: string, message: string): CompleteAnswer {
  return jsonAnswer(status, { type: 'error', error: { type, message } })
}

/** What Anthropic says of a request that it cannot read. */
export function invalidRequest(message: string): CompleteAnswer {
  return anthropicError(400, 'invalid_request_error', message)
}

/** What Anthropic says with a status when nothing is wrong with the request itself. */
const failures: Readonly<Record<number, readonly [type: string, message: string]>> = {
  400: ['invalid_request_error', 'The request could not be served.'],
  401: ['authentication_error', 'invalid x-api-key'],
  403: ['permission_error', 'Your API key does not have permission to use the specified resource.'],
  404: ['not_found_error', 'Not found'],
  405: ['invalid_request_error', 'Method Not Allowed'],
  413: ['request_too_large', 'Request exceeds the maximum size'],
  429: [
    'rate_limit_error',
    "This request would exceed your organization's rate limit. Please try again later.",
  ],
  500: ['api_error', 'Internal server error'],
  504: ['timeout_error', 'Request timed out'],
  529: ['overloaded_error', 'Overloaded'],
}

export function anthropicFailure(status: number): CompleteAnswer {
  const [type, message] = failures[status] ??
    failures[status < 500 ? 400 : 500] ?? ['api_error', 'Internal server error']
  return anthropicError(status, type, message)
}
