import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { credentialsOfHeader } from './credential-forms.ts'
import { CredentialMasker } from './credential-masker.ts'

const odd = 'sk-"q/+&%41\\ <ä>=x'
const long = 'sk-proj-0123456789abcdefghijklmnopqrstuvwxyz'

/** Masks a text that comes in these pieces. */
function maskPieces(credentials: readonly string[], pieces: readonly Buffer[]): string {
  const stream = new CredentialMasker(credentials).createStream()
  const passed = pieces.map((piece) => Buffer.from(stream.push(piece)))
  return Buffer.concat([...passed, stream.end()]).toString()
}

const mask = (credential: string, text: string) => maskPieces([credential], [Buffer.from(text)])

const json = (text: string) => JSON.stringify(text).slice(1, -1)
const perByte = (text: string, write: (hex: string) => string) =>
  [...Buffer.from(text)].map((byte) => write(byte.toString(16).padStart(2, '0'))).join('')
const html = (text: string) =>
  text.replace(/[&<>"]/g, (found) => `&#x${found.charCodeAt(0).toString(16)};`)

describe.each([
  ['a plain credential', long],
  ['a credential of characters that are escaped', odd],
  ['the shortest credential that is looked for', 'abc+d/e8'],
])('%s is masked', (_name, credential) => {
  test.each([
    ['as it is', credential],
    ['in JSON', json(credential)],
    ['in JSON within JSON', json(json(credential))],
    ['in JSON with escaped slashes', json(credential).replaceAll('/', '\\/')],
    [
      'in JSON of ASCII',
      json(credential).replace(/[^\x20-\x7e]|[+&<>]/g, (found) => {
        return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`
      }),
    ],
    ['in a URL', encodeURIComponent(credential)],
    ['in a URL within a URL', encodeURIComponent(encodeURIComponent(credential))],
    ['in a form', new URLSearchParams({ key: credential }).toString().slice(4)],
    ['with every byte escaped for a URL', perByte(credential, (hex) => `%${hex}`)],
    ['with every byte escaped in a string', perByte(credential, (hex) => `\\x${hex}`)],
    ['in HTML', html(credential)],
    ['in hexadecimal', Buffer.from(credential).toString('hex')],
    ['in large hexadecimal', Buffer.from(credential).toString('hex').toUpperCase()],
  ])('%s', (_form, text) => {
    expect(mask(credential, `{"error":"key ${text}!"}`)).toBe('{"error":"key ***!"}')
  })

  test.each(['base64', 'base64url'] as const)('in %s, wherever in its text', (encoding) => {
    for (const before of ['', 'u', 'us', 'user:']) {
      for (const after of ['', '.', '..']) {
        const text = Buffer.from(before + credential + after).toString(encoding)
        for (const each of [text, encodeURIComponent(text), text.replaceAll('/', '\\/')]) {
          const masked = mask(credential, `"${each}"`)
          expect(masked).toContain('***')
          const kept = masked.replaceAll(/%3D|[^\w+/-]|\*/g, '')
          // What is left are the neighbours and less than a byte of the credential on each side.
          const neighbours = Math.ceil(((before.length + after.length) * 8 + 14) / 6)
          expect(kept.length).toBeLessThanOrEqual(neighbours)
        }
      }
    }
  })
})

test('as the bytes of a header, too', () => {
  const bytes = Buffer.concat([Buffer.from('"'), Buffer.from(odd, 'latin1'), Buffer.from('"')])
  expect(maskPieces([odd], [bytes])).toBe('"***"')
  expect(new CredentialMasker([odd]).maskText(`Bearer ${odd}.`)).toBe('Bearer ***.')
})

test.each([
  ['another text', 'sk-proj-0123456789abcdefghijklmnopqrstuvwxyZ'],
  ['the beginning of it', long.slice(0, -1)],
  ['nothing', ''],
  ['broken escapes', '%\\&%4\\u00&#x%%\\'],
])('%s passes', (_name, text) => {
  expect(mask(long, text)).toBe(text)
})

test('a text that repeats nothing is not copied', () => {
  const bytes = Buffer.from('nothing of it')
  const masker = new CredentialMasker([long])
  expect(masker.maskWhole(bytes)).toBe(bytes)
  expect(masker.createStream().push(bytes)).toEqual(bytes)
  expect(masker.found).toBe(0)
})

test('what is shorter than eight characters is not looked for', () => {
  expect(new CredentialMasker(['1234567']).isIdle).toBe(true)
  expect(mask('1234567', 'a 1234567')).toBe('a 1234567')
})

test('of two credentials that begin alike the longer one is masked whole', () => {
  const text = Buffer.from(`${long} ${long}-more ${long}-mor`)
  expect(maskPieces([long, `${long}-more`], [text])).toBe('*** *** ***-mor')
})

test('every occurrence is counted', () => {
  const masker = new CredentialMasker([long])
  masker.maskWhole(Buffer.from(`${long}${long} ${encodeURIComponent(long)}`))
  expect(masker.found).toBe(3)
})

describe('a text in pieces', () => {
  const credentials = [odd, long, `${long}-more`]
  const text = Buffer.from(
    [
      ...[
        odd,
        json(json(odd)),
        encodeURIComponent(odd),
        html(odd),
        long,
        `${long}-mor`,
        '%',
        '\\\\',
      ],
      Buffer.from(`x${odd}`).toString('base64'),
      long.slice(0, 20),
    ].join(' '),
  )
  const whole = maskPieces(credentials, [text])

  test('is masked alike wherever it is split', () => {
    expect(whole).toContain('*** *** *** *** *** ***-mor % ')
    for (let one = 0; one <= text.length; one++) {
      expect(maskPieces(credentials, [text.subarray(0, one), text.subarray(one)])).toBe(whole)
    }
    expect(
      maskPieces(
        credentials,
        [...text].map((byte) => Buffer.from([byte])),
      ),
    ).toBe(whole)
    const cut = fc.nat(text.length)
    fc.assert(
      fc.property(fc.tuple(cut, cut, cut), (cuts) => {
        const [one = 0, two = 0, three = 0] = cuts.toSorted((left, right) => left - right)
        const borders = [0, one, two, three, text.length]
        const pieces = borders.slice(1).map((end, index) => text.subarray(borders[index], end))
        expect(maskPieces(credentials, pieces)).toBe(whole)
      }),
      { numRuns: 2000 },
    )
  })

  test('waits only for what may be the beginning of a credential', () => {
    const stream = new CredentialMasker([long]).createStream()
    expect(stream.push(Buffer.from('no key')).toString()).toBe('no key')
    expect(stream.push(Buffer.from(`a key: ${long.slice(0, 9)}`)).toString()).toBe('a key: ')
    expect(stream.push(Buffer.from(`${long.slice(9)}.`)).toString()).toBe('***.')
    expect(stream.push(Buffer.from('sk-p')).toString()).toBe('')
    expect(stream.end().toString()).toBe('sk-p')
  })

  test('keeps nothing of the bytes it was given', () => {
    const stream = new CredentialMasker([long]).createStream()
    const chunk = Buffer.from(long.slice(0, 9))
    stream.push(chunk)
    chunk.fill(0)
    expect(stream.push(Buffer.from(long.slice(9))).toString()).toBe('***')
  })
})

test.each([
  ['Bearer sk-123456789', ['sk-123456789']],
  ['sk-123456789', ['sk-123456789']],
  ['Bearer abc', ['Bearer abc']],
  ['Basic dXNlcjpwYXNzd29yZA==', ['dXNlcjpwYXNzd29yZA==', 'user:password', 'password']],
  ['Token token="abcdefgh", id=1', ['token="abcdefgh", id=1']],
])('of the header value %s the credential is known', (value, credentials) => {
  expect(credentialsOfHeader(value)).toEqual(credentials)
})
