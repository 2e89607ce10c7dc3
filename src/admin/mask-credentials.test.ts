import { expect, test } from 'vitest'
import { maskCredentials } from './mask-credentials.ts'

test('a credential that a manifest holds in clear is masked, a reference to a Secret is not', () => {
  const secret = { secretId: 'default/key', key: 'Authorization', version: '1' }
  expect(
    maskCredentials({
      add: [
        { name: 'authorization', value: { type: 'template', template: 'Bearer sk-1' } },
        { name: 'x-api-key', value: { type: 'secret', secret } },
        { name: 'content-type', value: { type: 'template', template: 'text/plain' } },
      ],
    }),
  ).toEqual({
    add: [
      { name: 'authorization', value: { type: 'template', template: '***' } },
      { name: 'x-api-key', value: { type: 'secret', secret } },
      { name: 'content-type', value: { type: 'template', template: 'text/plain' } },
    ],
  })
})

test.each(['authorization', 'Cookie', 'api-key', 'x-goog-api-key', 'key', 'access_token'])(
  'a matcher on %s does not show what it compares with',
  (name) => {
    const matcher = { name, type: 'exact', value: 'abc', inverted: false }
    expect(maskCredentials([matcher])).toEqual([{ ...matcher, value: '***' }])
  },
)

test('everything else stays as it is', () => {
  const data = {
    name: 'default.token-service',
    endpoints: [{ host: 'a', port: 1 }],
    path: { type: 'prefix', value: '/auth' },
    matcher: { name: 'x-keyboard', type: 'present', value: '' },
    none: null,
  }
  expect(maskCredentials(data)).toEqual(data)
})
