import { fingerprint, identifier } from '../../generation/fingerprint.ts'
import {
  type Answer,
  type AnswerContext,
  type CompleteAnswer,
  jsonAnswer,
  type SimulatedProvider,
  type SimulatedRequest,
} from '../../provider.ts'
import { googleFailure } from '../gemini/errors.ts'
import { findAssertionError } from './assertion.ts'

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const tokenLifetimeSeconds = 3599

/** oauth2.googleapis.com: access tokens for the signed assertions of service accounts (RFC 7523). */
export const googleOauth: SimulatedProvider = {
  name: 'google-oauth',
  hosts: ['oauth2.googleapis.com'],
  failure: (status) =>
    status < 500 ? oauthError('invalid_grant', 'Bad Request', status) : googleFailure(status),
  answer: async (request, context) => answerToken(request, context),
}

function oauthError(error: string, description: string, status = 400): CompleteAnswer {
  return jsonAnswer(status, { error, error_description: description })
}

function answerToken(request: SimulatedRequest, context: AnswerContext): Answer {
  if (request.path !== '/token' || request.method !== 'POST') return googleFailure(404)
  const form = new URLSearchParams(request.body.toString('utf8'))
  const grantType = form.get('grant_type')
  if (grantType === null) {
    return oauthError('invalid_request', 'Missing required parameter: grant_type')
  }
  if (grantType !== jwtBearer) {
    return oauthError('unsupported_grant_type', `Invalid grant_type: ${grantType.slice(0, 64)}`)
  }
  const assertion = form.get('assertion')
  if (assertion === null) {
    return oauthError('invalid_request', 'Missing required parameter: assertion')
  }
  const problem = findAssertionError(assertion, context)
  if (problem !== undefined) return oauthError(problem.error, problem.description)
  const hash = fingerprint('google-oauth', assertion)
  return jsonAnswer(200, {
    access_token: `ya29.c.${identifier(hash, 160)}`,
    expires_in: tokenLifetimeSeconds,
    token_type: 'Bearer',
  })
}
