import { expect, test } from 'vitest'
import { KeptBytes } from './kept-bytes.ts'

const keep = (limit: number, ...pieces: string[]) => {
  const kept = new KeptBytes(limit)
  for (const piece of pieces) kept.add(Buffer.from(piece))
  return kept
}

test.each([1, 4095, 4096, 4097, 10_000])('pieces of %i bytes are kept up to the limit', (size) => {
  const text = Array.from({ length: 20_000 }, (_, index) => String(index % 10)).join('')
  const pieces = text.match(new RegExp(`.{1,${size}}`, 'g')) ?? []
  expect(keep(64_000, ...pieces).bytes.toString()).toBe(text)
  const limited = keep(9_000, ...pieces)
  expect([limited.length, limited.bytes.toString()]).toEqual([9_000, text.slice(0, 9_000)])
})

test('memory that was let go of serves one answer at a time', () => {
  const first = keep(100, 'first')
  first.release()
  first.release()
  expect([first.length, first.bytes.length]).toEqual([0, 0])
  const [second, third] = [keep(100, 'second'), keep(100, 'third')]
  first.add(Buffer.from('again'))
  expect([first, second, third].map(({ bytes }) => bytes.toString())).toEqual([
    'again',
    'second',
    'third',
  ])
})
