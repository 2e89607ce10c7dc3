import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseKeySet } from './parse-key-set.ts'

const pair = (bits = 2048) => generateKeyPairSync('rsa', { modulusLength: bits })
const { privateKey, publicKey } = pair()
const jwk = publicKey.export({ format: 'jwk' })
const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string
const parse = (text: string, symmetric = false) => {
  const result = parseKeySet(text, { symmetric })
  return 'type' in result ? result.message : result
}
const oct = { kty: 'oct', k: Buffer.alloc(32, 7).toString('base64url') }

test('PEM, a JWK and a JWKS name the same key', () => {
  expect(parse(pem)).toEqual([jwk])
  expect(parse(`\n  ${pem}\n`)).toEqual([jwk])
  expect(parse(JSON.stringify(jwk))).toEqual([jwk])
  expect(parse(JSON.stringify({ keys: [jwk] }))).toEqual([jwk])
  expect(parse(pem + pem)).toEqual([jwk, jwk])
  const pkcs1 = publicKey.export({ format: 'pem', type: 'pkcs1' }) as string
  expect(parse(pkcs1)).toEqual([jwk])
})

test('the private part of a JWK is not kept', () => {
  const whole = privateKey.export({ format: 'jwk' })
  expect(whole).toHaveProperty('d')
  expect(parse(JSON.stringify(whole))).toEqual([jwk])
})

test('keys that cannot verify are left out while others can', () => {
  const keys = [{ ...jwk, use: 'enc' }, { kty: 'new' }, { ...jwk, kid: 'a', use: 'sig' }, oct]
  expect(parse(JSON.stringify({ keys }))).toEqual([{ ...jwk, kid: 'a' }])
})

test('symmetric keys are taken from secrets alone', () => {
  expect(parse(JSON.stringify(oct))).toContain('symmetric')
  expect(parse(JSON.stringify(oct), true)).toEqual([oct])
  expect(parse(JSON.stringify({ kty: 'oct', k: 'c2hvcnQ' }), true)).toContain('less than 32 bytes')
})

test.each([
  ['there is no key', '  '],
  ['it is neither PEM nor JSON', 'hello'],
  ['it is not valid JSON', '{'],
  ['it has no list "keys"', '{"keys":{}}'],
  ['it has no key that can verify tokens', '{"keys":[]}'],
  ['a key is not an object', '{"keys":[null]}'],
  ['an unknown "kty"', '{"keys":[{"kty":"__proto__"}]}'],
  ['an unknown "crv"', JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-1', x: 'a', y: 'b' }] })],
  ['malformed', JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] })],
  ['not for signatures', JSON.stringify({ ...jwk, use: 'enc' })],
  ['do not have "verify"', JSON.stringify({ ...jwk, key_ops: ['encrypt'] })],
  ['more than 32 keys', JSON.stringify({ keys: Array(33).fill(jwk) })],
  ['not a public key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
  ['private key', privateKey.export({ format: 'pem', type: 'pkcs8' }) as string],
  ['less than 2048 bits', pair(1024).publicKey.export({ format: 'pem', type: 'spki' }) as string],
  [
    'unknown "kty"',
    JSON.stringify({ keys: [{ ...createPublicKey(pem).export({ format: 'jwk' }), kty: 1 }] }),
  ],
])('%s', (message, text) => {
  expect(parse(text)).toContain(message)
})
