import type { Answer, SimulatedRequest } from '../../provider.ts'
import { errorInfo, googleError } from './errors.ts'

const service = { service: 'generativelanguage.googleapis.com' }

/** What a call without a well-formed key gets; the header goes before the parameter. */
export function findKeyError(request: SimulatedRequest): Answer | undefined {
  const key = request.headers.get('x-goog-api-key') ?? request.query.get('key')
  if (key === undefined || key === null || key === '') return refuseMissing(request)
  if (/^[\w.-]+$/.test(key)) return undefined
  const message = 'API key not valid. Please pass a valid API key.'
  return googleError(400, message, [
    errorInfo('API_KEY_INVALID', service),
    { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage', locale: 'en-US', message },
  ])
}

function refuseMissing({ headers }: SimulatedRequest): Answer {
  if (headers.get('authorization') === undefined) {
    return googleError(
      403,
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    )
  }
  return googleError(
    401,
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    [errorInfo('ACCESS_TOKEN_TYPE_UNSUPPORTED', service)],
  )
}
