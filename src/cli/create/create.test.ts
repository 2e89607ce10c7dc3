import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseKeySet } from '../../lib/jwk/parse-key-set.ts'
import { VerificationKey } from '../../lib/jwk/verification-key.ts'
import { runCommand } from '../testing/start-api.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-create-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const run = (...parameters: readonly string[]) =>
  runCommand(['create', ...parameters], { workingDirectory: folder, now: () => 1_000_500 })

function readToken(token: string, publicKeys: string) {
  const [header = '', payload = '', signature = ''] = token.trim().split('.')
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  const keys = parseKeySet(publicKeys, { symmetric: false })
  if ('type' in keys || keys[0] === undefined) throw new Error('there is no key')
  const key = new VerificationKey(keys[0])
  const { alg } = decode(header)
  const data = Buffer.from(`${header}.${payload}`)
  const valid =
    key.fits(alg, undefined) && key.verify(alg, data, Buffer.from(signature, 'base64url'))
  return { header: decode(header), claims: decode(payload), valid }
}

test('a key pair signs tokens with the claims given', async () => {
  const { out: publicKey } = await run('key-pair', 'private.pem')
  expect(statSync(join(folder, 'private.pem')).mode & 0o777).toBe(0o600)
  const claims = ['-c', 'sub=alice', '-c', 'admin=true', '-c', 'text="1"', '-c', 'a=b=c']
  const more = ['--claims', '{"sub":"x","llms":{"openai":["gpt-4o"]}}', '--key-id', 'k1']
  const { code, out } = await run('jwt', '-k', 'private.pem', ...claims, ...more)
  expect(code).toBe(0)
  expect(readToken(out, publicKey)).toEqual({
    header: { alg: 'RS256', typ: 'JWT', kid: 'k1' },
    claims: { sub: 'alice', llms: { openai: ['gpt-4o'] }, admin: true, text: '1', a: 'b=c' },
    valid: true,
  })
})

test('a token can have an end', async () => {
  const { out: keySet } = await run('key-pair', 'private.pem', '--jwks')
  const { out } = await run('jwt', '-k', 'private.pem', '--expires-in', '1h')
  expect(readToken(out, keySet)).toMatchObject({ claims: { iat: 1000, exp: 4600 }, valid: true })
})

test.each([
  ['EdDSA', 'ed25519'],
  ['ES256', 'prime256v1'],
  ['ES384', 'secp384r1'],
  ['ES512', 'secp521r1'],
])('a key for %s signs with it', async (alg, type) => {
  const { privateKey, publicKey } =
    type === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : generateKeyPairSync('ec', { namedCurve: type })
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' })
  writeFileSync(join(folder, 'key.pem'), pem)
  const { out } = await run('jwt', '--key', 'key.pem')
  const token = readToken(out, publicKey.export({ format: 'pem', type: 'spki' }).toString())
  expect(token).toMatchObject({ header: { alg }, valid: true })
})

test('a key that exists is not overwritten', async () => {
  await run('key-pair', 'private.pem')
  const before = readFileSync(join(folder, 'private.pem'), 'utf8')
  const { code, err } = await run('key-pair', 'private.pem')
  expect({ code, err }).toEqual({
    code: 1,
    err: 'sluice: private.pem exists already, and its key may be in use. Name another file or remove it.\n',
  })
  expect(readFileSync(join(folder, 'private.pem'), 'utf8')).toBe(before)
})

test.each([
  ['--key none.pem cannot be read', ['-k', 'none.pem']],
  ['is no private key in PEM form', ['-k', 'bad.pem']],
  ['has a type that signs no tokens', ['-k', 'x25519.pem']],
  ['--claim sub is not of the form', ['-k', 'good.pem', '-c', 'sub']],
  ['--claims is not a JSON object', ['-k', 'good.pem', '--claims', '[1]']],
  ['--expires-in soon is not a duration', ['-k', 'good.pem', '--expires-in', 'soon']],
  ['-k, --key', []],
])('what is wrong is said: %s', async (message, parameters) => {
  const pem = { format: 'pem', type: 'pkcs8' } as const
  writeFileSync(join(folder, 'bad.pem'), 'secret-text')
  writeFileSync(join(folder, 'good.pem'), generateKeyPairSync('ed25519').privateKey.export(pem))
  writeFileSync(join(folder, 'x25519.pem'), generateKeyPairSync('x25519').privateKey.export(pem))
  const { code, err } = await run('jwt', ...parameters)
  expect(code).toBe(1)
  expect(err).toContain(message)
  expect(err).not.toContain('secret-text')
})
