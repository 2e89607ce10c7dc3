import type { CompleteAnswer } from '../../provider.ts'

const statuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

/** What Google's APIs answer: JSON that is set for people to read. */
export function googleAnswer(
  status: number,
  value: unknown,
  details: { readonly generatedTokens?: number } = {},
): CompleteAnswer {
  return {
    type: 'complete',
    status,
    headers: { 'content-type': 'application/json; charset=UTF-8', vary: 'Origin' },
    body: `${JSON.stringify(value, null, 2)}\n`,
    generatedTokens: details.generatedTokens ?? 0,
  }
}

/** Google's error object (google.rpc.Status as JSON). */
export function googleError(
  code: number,
  message: string,
  details?: readonly object[],
): CompleteAnswer {
  const status = statuses[code] ?? statuses[code < 500 ? 400 : 500]
  const error = { code, message, status, ...(details === undefined ? {} : { details }) }
  return googleAnswer(code, { error })
}

/** The machine-readable reason of an error. */
export function errorInfo(reason: string, metadata: Readonly<Record<string, string>>): object {
  return {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason,
    domain: 'googleapis.com',
    metadata,
  }
}

/** What Google says with a status when nothing is wrong with the request itself. */
const failures: Readonly<Record<number, string>> = {
  400: 'Request contains an invalid argument.',
  401: 'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
  403: 'The caller does not have permission',
  404: 'Requested entity was not found.',
  429: 'Resource has been exhausted (e.g. check quota).',
  499: 'The operation was cancelled.',
  500: 'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
  503: 'The model is overloaded. Please try again later.',
  504: 'Deadline expired before operation could complete.',
}

export function googleFailure(status: number): CompleteAnswer {
  return googleError(status, failures[status] ?? failures[status < 500 ? 400 : 500] ?? '')
}
