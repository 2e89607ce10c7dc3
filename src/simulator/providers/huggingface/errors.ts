import { type CompleteAnswer, jsonAnswer } from '../../provider.ts'

/** An error of the model server, text-generation-inference. */
export function generationError(status: number, message: string, type: string): CompleteAnswer {
  return jsonAnswer(status, { error: message, error_type: type })
}

/** What the server says of a body that it cannot read: plain text. */
export function unreadable(status: number, message: string): CompleteAnswer {
  return {
    type: 'complete',
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: message,
    generatedTokens: 0,
  }
}

const failures: Readonly<Record<number, unknown>> = {
  401: { error: 'Invalid credentials in Authorization header' },
  403: { error: 'This authentication method does not have sufficient permissions.' },
  404: { error: 'Not Found' },
  405: { error: 'Method Not Allowed' },
  424: { error: 'Request failed during generation', error_type: 'generation' },
  429: { error: 'Model is overloaded', error_type: 'overloaded' },
  503: { error: 'Model is currently loading', estimated_time: 20 },
}

export function huggingFaceFailure(status: number): CompleteAnswer {
  const body = failures[status] ?? {
    error: status < 500 ? 'The request could not be served.' : 'Internal Server Error',
  }
  return jsonAnswer(status, body)
}
