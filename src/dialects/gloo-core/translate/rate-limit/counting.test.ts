import { expect, test } from 'vitest'
import { countingAnnotations, translateCounting } from './counting.ts'

function read(annotations: Record<string, string>) {
  const named = Object.entries(annotations).map(([name, value]) => [`sluice.dev/${name}`, value])
  const metadata = { name: 'tokens', namespace: 'default', annotations: Object.fromEntries(named) }
  const object = { apiVersion: 'ratelimit.solo.io/v1alpha1', kind: 'RateLimitConfig', metadata }
  const errors: string[] = []
  return { counting: translateCounting(countingAnnotations(object), errors), errors }
}

test('without annotations limits count as the vendor has them count', () => {
  expect(read({})).toEqual({
    counting: {
      ...{ unit: 'requests-or-input-tokens', reserve: false, defaultOutputTokens: 4096 },
      prices: [],
    },
    errors: [],
  })
})

test('annotations say what is set aside, and what of it stays', () => {
  expect(
    read({
      ...{ count: 'total-tokens', 'default-max-tokens': '512', 'attachment-tokens': '2000' },
      ...{ 'input-factor': '1.5', 'cut-streams': 'counted', 'most-max-tokens': '800' },
    }),
  ).toEqual({
    counting: {
      ...{ unit: 'total-tokens', reserve: true, defaultOutputTokens: 512, attachmentTokens: 2000 },
      ...{ inputFactor: 1.5, cutStreams: 'counted', mostOutputTokens: 800, prices: [] },
    },
    errors: [],
  })
})

test('what is kept of cut streams may be said to be what it is anyway', () => {
  const { counting, errors } = read({ count: 'total-tokens', 'cut-streams': 'reserved' })
  expect([counting.cutStreams, errors]).toEqual([undefined, []])
})

test.each([
  [{ 'attachment-tokens': '0' }, 'attachment-tokens must be a whole number of at least 1'],
  [{ 'attachment-tokens': 'many' }, 'attachment-tokens must be a whole number of at least 1'],
  [{ 'input-factor': '0.5' }, 'input-factor must be a number from 1 to 99'],
  [{ 'input-factor': '-2' }, 'input-factor must be a number from 1 to 99'],
  [{ 'most-max-tokens': '0' }, 'most-max-tokens must be a whole number of at least 1'],
  [{ 'most-max-tokens': '9', reserve: 'false' }, 'most-max-tokens has no meaning'],
  [{ 'cut-streams': 'dropped' }, 'cut-streams must be reserved or counted'],
  [{ 'cut-streams': 'counted', reserve: 'false' }, 'cut-streams has no meaning'],
])('%j is refused: %s', (annotations, message) => {
  const { errors } = read({ count: 'total-tokens', ...annotations })
  expect(errors).toEqual([expect.stringContaining(`annotation sluice.dev/${message}`)])
})
