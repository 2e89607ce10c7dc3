import { expect, onTestFinished, test, vi } from 'vitest'
import { MemberScan } from './member-scan.ts'

function find(pieces: readonly string[]): unknown[] {
  const found: unknown[] = []
  const scan = new MemberScan('usage', 'object', (value) => found.push(value))
  for (const piece of pieces) scan.push(piece)
  scan.end()
  return found
}

const text =
  '{"a":"\\"usage\\"","usage" : {"n":{"m":"}\\""}},"b":[{"usage":{}}],"usage":null,"usage":{"n":2}}'
const members = [{ n: { m: '}"' } }, {}, { n: 2 }]

test('members are found however the text is cut', () => {
  expect(find([text])).toEqual(members)
  expect(find([...text])).toEqual(members)
  for (let one = 0; one <= text.length; one++) {
    for (let two = one; two <= text.length; two++) {
      const pieces = [text.slice(0, one), text.slice(one, two), text.slice(two)]
      expect(find(pieces)).toEqual(members)
    }
  }
})

test('a member does not go on behind an end', () => {
  const found: unknown[] = []
  const scan = new MemberScan('usage', 'object', (value) => found.push(value))
  scan.push('{"usage":{"a":')
  scan.end()
  scan.push('1}} {"usage":{"b":2}}')
  scan.end()
  expect(found).toEqual([{ b: 2 }])
})

test('a long member that comes byte by byte is not looked at again for every byte', () => {
  const text = `{"usage":{"a":"${'x'.repeat(60_000)}`
  const scan = new MemberScan('usage', 'object', () => undefined)
  const indexOf = vi.spyOn(String.prototype, 'indexOf')
  onTestFinished(() => indexOf.mockRestore())
  for (const character of text) scan.push(character)
  const looked = indexOf.mock.contexts.reduce<number>((sum, each) => sum + String(each).length, 0)
  expect(looked).toBeGreaterThan(text.length / 2)
  expect(looked).toBeLessThan(text.length * 25)
})
