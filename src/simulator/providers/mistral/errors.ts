import { type CompleteAnswer, jsonAnswer } from '../../provider.ts'

/** One thing that is wrong with a request body, as FastAPI reports it. */
export interface MistralDetail {
  readonly type: string
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly input: unknown
}

/** 422 for a body that does not fit the schema. */
export function mistralValidationError(detail: readonly MistralDetail[]): CompleteAnswer {
  return jsonAnswer(422, {
    object: 'error',
    message: { detail },
    type: 'invalid_request_error',
    param: null,
    code: null,
    raw_status_code: 422,
  })
}

/** Mistral's error object. */
function mistralError(
  status: number,
  error: { message: string; type: string; code: string },
): CompleteAnswer {
  const { message, type, code } = error
  return jsonAnswer(status, {
    object: 'error',
    message,
    type,
    param: null,
    code,
    raw_status_code: status,
  })
}

/** What stands in front of the API answers without its error object. */
const plain: Readonly<Record<number, unknown>> = {
  401: { detail: 'Unauthorized' },
  403: { detail: 'Forbidden' },
  404: { message: 'no Route matched with those values' },
  405: { detail: 'Method Not Allowed' },
}

export function mistralFailure(status: number): CompleteAnswer {
  const body = plain[status]
  if (body !== undefined) return jsonAnswer(status, body)
  if (status === 429) {
    return mistralError(429, { message: 'Rate limit exceeded', type: 'rate_limited', code: '1300' })
  }
  if (status < 500) {
    return mistralError(status, {
      message: 'The request could not be served.',
      type: 'invalid_request_error',
      code: '1000',
    })
  }
  return mistralError(status, {
    message: status === 503 ? 'Service unavailable.' : 'Internal server error',
    type: 'internal_server_error',
    code: '3000',
  })
}
