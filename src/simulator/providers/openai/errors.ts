import { type CompleteAnswer, jsonAnswer } from '../../provider.ts'

/** OpenAI's error object. */
export function openaiError(
  status: number,
  error: { message: string; type?: string; param?: string; code?: string },
): CompleteAnswer {
  const { message, type = 'invalid_request_error', param = null, code = null } = error
  return jsonAnswer(status, { error: { message, type, param, code } })
}

/** What OpenAI says with a status when nothing is wrong with the request itself. */
const failures: Readonly<Record<number, { message: string; type: string; code?: string }>> = {
  401: {
    message: 'Incorrect API key provided.',
    type: 'invalid_request_error',
    code: 'invalid_api_key',
  },
  403: {
    message: 'Country, region, or territory not supported',
    type: 'request_forbidden',
    code: 'unsupported_country_region_territory',
  },
  404: {
    message: 'The model does not exist or you do not have access to it.',
    type: 'invalid_request_error',
    code: 'model_not_found',
  },
  429: {
    message: 'Rate limit reached for requests. Please try again later.',
    type: 'requests',
    code: 'rate_limit_exceeded',
  },
  503: {
    message: 'The engine is currently overloaded, please try again later',
    type: 'server_error',
  },
}

export function openaiFailure(status: number): CompleteAnswer {
  const known = failures[status]
  if (known !== undefined) return openaiError(status, known)
  if (status < 500) return openaiError(status, { message: 'The request could not be served.' })
  return openaiError(status, {
    message: 'The server had an error while processing your request.',
    type: 'server_error',
  })
}
