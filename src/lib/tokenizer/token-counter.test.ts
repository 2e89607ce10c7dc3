import fc from 'fast-check'
import { encode } from 'gpt-tokenizer/encoding/cl100k_base'
import { describe, expect, test } from 'vitest'
import { loadVocabulary } from './load-vocabulary.ts'
import { TokenCounter } from './token-counter.ts'
import { none, Vocabulary } from './vocabulary.ts'
import { createVocabularyMemory, tokenCount } from './vocabulary-layout.ts'

const vocabulary = loadVocabulary(createVocabularyMemory())
const counter = new TokenCounter(vocabulary)

/** Control tokens are text here as there. */
const oracle = (text: string) => encode(text, { disallowedSpecial: new Set() }).length

const repeated = (...characters: readonly string[]) =>
  fc
    .array(
      fc
        .tuple(fc.constantFrom(...characters), fc.integer({ min: 1, max: 40 }))
        .map(([character, times]) => character.repeat(times)),
      { maxLength: 12 },
    )
    .map((runs) => runs.join(''))

/** Not in the comparison: the oracle takes U+FEFF for white space and drops it within tokens, and U+0085 for a sign. */
const odd = /[\u0085\ufeff]/

const texts = {
  'any characters': fc.string({ unit: 'binary', maxLength: 200 }),
  'characters with marks': fc.string({ unit: 'grapheme', maxLength: 100 }),
  'any UTF-16, broken pairs included': fc
    .uint16Array({ maxLength: 60 })
    .map((units) => String.fromCharCode(...units)),
  'runs of white space': repeated(' ', '\n', '\r', '\t', '\u00a0', '\u3000', 'x', '1', '.'),
  'runs of signs': repeated('-', '=', '*', '/', '_', '#', ' ', '.', '\n'),
  'runs of letters': repeated('a', 'b', 'A', 'ß', 'ü', '你', '好', 'ー', 'ا', '가'),
  'contractions and digits': repeated("'", 's', 'T', 'll', 'VE', 'r', '1', '٣', '½', ' '),
  'long pieces of letters': fc.string({
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDE'),
    minLength: 50,
    maxLength: 400,
  }),
  'emoji and other planes': repeated('😀', '👨‍👩‍👧', '🏽', '𝒜', '𠀀', 'é', '\u0301'),
}

describe('the count is that of merging byte pairs, whatever the text', () => {
  test.each(Object.entries(texts))('%s', (_, arbitrary) => {
    const property = fc.property(arbitrary, (text) => {
      fc.pre(!odd.test(text))
      expect(counter.count(text)).toBe(oracle(text))
    })
    fc.assert(property, { numRuns: 400, seed: 20261120 })
  })

  test.each([
    ['', 0],
    ['hello world', 2],
    ['<|endoftext|>', 7],
    ['a'.repeat(100_000), 12_500],
  ])('%.20s counts %i', (text, tokens) => {
    expect(counter.count(text)).toBe(tokens)
  })
})

test('every token of the vocabulary is merged from two others, or is a single byte', () => {
  const { splits, lengths } = vocabulary.tables
  const whole: number[] = []
  for (let token = 0; token < tokenCount; token += 1) {
    if (splits[token * 2] === token && lengths[token] !== 1) whole.push(token)
  }
  expect(whole).toEqual([])
})

test('a byte order mark is a sign and not white space', () => {
  expect(counter.count('\ufeff')).toBe(1)
  expect(counter.count('a\ufeffb')).toBe(3)
})

/** Counts how often tables are looked into, which is what time goes into. */
class CountingVocabulary extends Vocabulary {
  lookUps = 0

  override mayFollow(left: number, right: number): boolean {
    this.lookUps += 1
    return super.mayFollow(left, right)
  }

  override longestToken(bytes: Uint8Array, start: number, end: number): number {
    this.lookUps += 1
    return super.longestToken(bytes, start, end)
  }
}

describe('the work grows with the length of the text and not faster', () => {
  const samples = [' ', '\t', 'a', '-', '=', '*', '/', '你', '😀', 'ab', '-=', ' \n', 'aA1']
  test.each(samples.map((sample) => [JSON.stringify(sample), sample]))('%s repeated', (_, text) => {
    const workOf = (length: number) => {
      const memory = vocabulary.tables.header.buffer as SharedArrayBuffer
      const counting = new CountingVocabulary(memory)
      new TokenCounter(counting).count(text.repeat(length / text.length))
      return counting.lookUps
    }
    const short = workOf(20_000)
    expect(short).toBeLessThan(5 * 20_000)
    expect(workOf(200_000)).toBeLessThan(10.5 * short + 1000)
  })
})

test('what no token begins with leads nowhere', () => {
  expect(vocabulary.find(Uint8Array.of(0xff, 0xff, 0xff), 0, 3)).toBe(none)
  expect(vocabulary.merge(0, 0)).not.toBe(0)
})
