import { describe, expect, test } from 'vitest'
import { gatewayError } from '../../errors/gateway-error.ts'
import { encodeError } from './model-error.ts'

describe('an error that clients know as plain text', () => {
  test.each([
    ['a refusal by a guard', gatewayError('prompt-rejected', 'Not here', { status: 403 })],
    [
      'a guard that could not judge',
      gatewayError('guard-unavailable', 'Not here', { status: 403 }),
    ],
    ['a missing token', gatewayError('unauthenticated', 'Jwt is missing')],
    ['a bearer without the right', gatewayError('forbidden', 'RBAC: access denied')],
  ])('stays so: %s', (_, error) => {
    expect(encodeError('openai', error)).toBeUndefined()
    expect(encodeError('anthropic', error)).toBeUndefined()
  })
})

test('an answer that could not be judged has the form of the API', () => {
  const error = gatewayError('guard-unavailable', 'could not judge the answer')
  expect(JSON.parse(encodeError('openai', error) ?? '')).toEqual({
    error: {
      message: 'could not judge the answer',
      type: 'server_error',
      param: null,
      code: 'guard_unavailable',
    },
  })
})
