import { encode } from 'gpt-tokenizer/encoding/cl100k_base'
import { describe, expect, test } from 'vitest'
import { loadTokenizer } from './tokenizer.ts'

describe('the tokenizer', () => {
  test('counts as the encoding does', async () => {
    const tokenizer = await loadTokenizer('cl100k_base')
    const prose =
      'Hello, world!\n\n  Indented line.\tTabs\r\nand 12345 numbers; “quotes”, naïve 漢字 🎉.\n'
    expect(tokenizer.count(prose)).toBe(encode(prose).length)
    expect(
      tokenizer
        .split('Hello <|endoftext|>')
        .map(({ text }) => text)
        .join(''),
    ).toBe('Hello <|endoftext|>')
  })

  test.each([['a'], ['漢'], [' '], ['\n'], ['=']])(
    'counts %j repeated 5 million times',
    async (letter) => {
      const tokenizer = await loadTokenizer('o200k_base')
      const count = tokenizer.count(letter.repeat(5_000_000))
      expect(count).toBeGreaterThan(10_000)
      expect(count).toBeLessThan(10_000_000)
    },
  )
})
