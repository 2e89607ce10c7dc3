import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { loadVocabulary } from './load-vocabulary.ts'
import { SharedTokenizer } from './shared-tokenizer.ts'
import { createVocabularyMemory } from './vocabulary-layout.ts'

test('the first text waits for the vocabulary, later ones are counted at once', async () => {
  const tokenizer = new SharedTokenizer(createVocabularyMemory())
  tokenizer.load()
  const first = tokenizer.count(['hello world'])
  expect(first).toBeInstanceOf(Promise)
  expect(await first).toBe(2)
  expect(tokenizer.count(['hello world', 'hello'])).toBe(3)
})

test('tokenizers share what one of them has loaded', async () => {
  const memory = createVocabularyMemory()
  const [one, other] = [new SharedTokenizer(memory), new SharedTokenizer(memory)]
  expect(await Promise.all([one.count(['a b']), other.count(['a b c'])])).toEqual([2, 3])
  expect(new SharedTokenizer(memory).count(['a b'])).toBe(2)
})

test('of several tokenizers that are told to load, one does', async () => {
  const memory = createVocabularyMemory()
  const claims: boolean[] = []
  const script = new URL('./tokenizer-thread.ts', import.meta.url)
  const tokenizers = [1, 2, 3].map(
    () =>
      new SharedTokenizer(memory, (workerData) => {
        claims.push(workerData.claimed)
        return new Worker(script, { workerData })
      }),
  )
  for (const tokenizer of tokenizers) tokenizer.load()
  expect(claims).toEqual([true])
  expect(await tokenizers[2]?.count(['a b'])).toBe(2)
  expect(claims).toEqual([true, false])
})

test('long texts are counted by another thread, each for its own asker', async () => {
  const memory = createVocabularyMemory()
  loadVocabulary(memory)
  const tokenizer = new SharedTokenizer(memory)
  const counts = [1, 2, 3].map((times) => tokenizer.count(['a'.repeat(80_000 * times), 'x']))
  for (const count of counts) expect(count).toBeInstanceOf(Promise)
  expect(await Promise.all(counts)).toEqual([10_001, 20_001, 30_001])
})

test('a thread that fails leaves its texts uncounted, and the next text gets a new one', async () => {
  let started = 0
  const memory = createVocabularyMemory()
  loadVocabulary(memory)
  const tokenizer = new SharedTokenizer(memory, (workerData) => {
    started += 1
    const script = new URL('./tokenizer-thread.ts', import.meta.url)
    return started === 1
      ? new Worker('process.exit(1)', { eval: true })
      : new Worker(script, { workerData })
  })
  const long = [' a'.repeat(100_000)]
  expect(await tokenizer.count(long)).toBeUndefined()
  expect(await tokenizer.count(long)).toBe(100_000)
})

test('more texts than any request has are not counted', () => {
  const tokenizer = new SharedTokenizer(createVocabularyMemory())
  expect(tokenizer.count(Array.from({ length: 65_537 }, () => ''))).toBeUndefined()
})

test('more text than may wait is not counted', async () => {
  const memory = createVocabularyMemory()
  const tokenizer = new SharedTokenizer(memory)
  expect(await tokenizer.count(['x'.repeat(33 * 1024 * 1024)])).toBeUndefined()
  expect(await tokenizer.count(['x'])).toBe(1)
})
