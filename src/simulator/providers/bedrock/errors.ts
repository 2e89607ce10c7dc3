import { type CompleteAnswer, jsonAnswer } from '../../provider.ts'

/** Amazon's error: its type stands in a header. */
export function bedrockError(status: number, type: string, message: string): CompleteAnswer {
  const headers = {
    'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`,
  }
  return jsonAnswer(status, { message }, { headers })
}

export function validationError(message: string): CompleteAnswer {
  return bedrockError(400, 'ValidationException', message)
}

/** What Amazon says with a status when nothing is wrong with the request itself. */
const failures: Readonly<Record<number, readonly [type: string, message: string]>> = {
  400: ['ValidationException', 'The request could not be served.'],
  403: ['AccessDeniedException', "You don't have access to the model with the specified model ID."],
  404: ['ResourceNotFoundException', 'The specified resource was not found.'],
  408: ['ModelTimeoutException', 'The model took too long to answer. Try your request again.'],
  424: ['ModelErrorException', 'The model had an error while it processed your request.'],
  429: ['ThrottlingException', 'Too many requests, please wait before trying again.'],
  500: [
    'InternalServerException',
    'The system encountered an unexpected error. Try your request again.',
  ],
  503: ['ServiceUnavailableException', 'Bedrock is unable to process your request.'],
}

export function bedrockFailure(status: number): CompleteAnswer {
  const [type, message] = failures[status] ??
    failures[status < 500 ? 400 : 500] ?? ['InternalServerException', '']
  return bedrockError(status, type, message)
}

/** What Amazon says of a path that is no operation. */
export function unknownOperation(): CompleteAnswer {
  return jsonAnswer(
    404,
    { Output: { __type: 'com.amazon.coral.service#UnknownOperationException' }, Version: '1.0' },
    { headers: { 'x-amzn-errortype': 'UnknownOperationException' } },
  )
}
