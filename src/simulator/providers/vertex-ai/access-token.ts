import { type Answer, bearerToken, type SimulatedRequest } from '../../provider.ts'
import { errorInfo, googleError } from '../gemini/errors.ts'

/** Tokens of Google's OAuth server, and tokens that service accounts sign themselves. */
const accessToken = /^(?:ya29\.[\w.-]{8,}|[\w-]+\.[\w-]+\.[\w-]+)$/

const metadata = { service: 'aiplatform.googleapis.com' }

/** What a call without a well-formed access token gets. */
export function findTokenError(request: SimulatedRequest): Answer | undefined {
  if (request.headers.get('authorization') === undefined) {
    const hasKey = request.headers.has('x-goog-api-key') || request.query.has('key')
    const message = hasKey
      ? 'API keys are not supported by this API. Expected OAuth2 access token or other authentication credentials that assert a principal. See https://cloud.google.com/docs/authentication'
      : 'Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.'
    return googleError(401, message, [errorInfo('CREDENTIALS_MISSING', metadata)])
  }
  if (accessToken.test(bearerToken(request.headers) ?? '')) return undefined
  return googleError(
    401,
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    [errorInfo('ACCESS_TOKEN_TYPE_UNSUPPORTED', metadata)],
  )
}
