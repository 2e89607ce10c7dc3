import { describe, expect, test } from 'vitest'
import { maskHeader, maskQuery } from './mask-credentials.ts'

describe('a header', () => {
  test.each([
    ['Authorization', 'Bearer sk-1234567890', 'Bearer ****7890'],
    ['authorization', 'bearer abcd', 'bearer ****'],
    ['authorization', 'Basic dXNlcjpwYXNzd29yZA==', 'Basic ****'],
    [
      'authorization',
      'AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=abcdef',
      'AWS4-HMAC-SHA256 ****',
    ],
    ['authorization', 'sk-1234567890', '****7890'],
    ['Proxy-Authorization', 'Bearer sk-1234567890', 'Bearer ****7890'],
    ['x-api-key', '12345678', '****5678'],
    ['x-api-key', '1234567', '****'],
    ['api-key', 'secret-key-value', '****alue'],
    ['x-goog-api-key', 'AIzaSyA-123456', '****3456'],
    ['x-amz-security-token', 'FwoGZXIvYXdz', '****YXdz'],
    ['ocp-apim-subscription-key', '0123456789ab', '****89ab'],
    ['cookie', 'session=0123456789', '****6789'],
    ['content-type', 'application/json', 'application/json'],
    ['x-simulate-tokens', '64', '64'],
    ['x-envoy-original-path', '/a?key=0123456789&b=1', '/a?key=****6789&b=1'],
    ['referer', 'http://a.test/b', 'http://a.test/b'],
  ])('%s: %s is shown as %s', (name, value, shown) => {
    expect(maskHeader(name, value)).toBe(shown)
  })
})

describe('a query', () => {
  test.each([
    ['key=AIzaSyA-123456&alt=sse', 'key=****3456&alt=sse'],
    ['a=1&access_token=abc&API-KEY=0123456789', 'a=1&access_token=****&API-KEY=****6789'],
    ['%6bey=AIzaSyA-123456', '%6bey=****3456'],
    ['X-Amz-Signature=0123456789abcdef', 'X-Amz-Signature=****cdef'],
    ['key=a=b=cdefghij', 'key=****ghij'],
    ['keyboard=qwertz&%E0%A4%A=broken&&flag', 'keyboard=qwertz&%E0%A4%A=broken&&flag'],
  ])('%s is shown as %s', (query, shown) => {
    expect(maskQuery(query)).toBe(shown)
  })
})
