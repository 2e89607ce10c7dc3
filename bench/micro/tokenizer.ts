import { readFileSync } from 'node:fs'
import { loadVocabulary } from '../../src/lib/tokenizer/load-vocabulary.ts'
import { TokenCounter } from '../../src/lib/tokenizer/token-counter.ts'
import { createVocabularyMemory } from '../../src/lib/tokenizer/vocabulary-layout.ts'

/**
 * Counts the tokens of 100 KB of text of each kind, the dearest that are known among them, and of what a short chat holds. Prints the
 * first time, which a text of a kind not seen before takes, and the best of thirty. Run: node bench/micro/tokenizer.ts
 */
const bytes = 100_000
const kilobyteFile = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

/** The same in every run. */
let seed = 20_261_120
function draw(limit: number): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((seed / 2 ** 32) * limit)
}

const drawn = (count: number, character: () => string) =>
  Array.from({ length: count }, character).join('')
const from = (first: number, count: number) => () => String.fromCodePoint(first + draw(count))
const among = (characters: string) => () => characters[draw(characters.length)] ?? ''
const latin = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

const texts: Readonly<Record<string, string>> = {
  'one letter': 'a'.repeat(bytes),
  blanks: ' '.repeat(bytes),
  tabs: '\t'.repeat(bytes),
  dashes: '-'.repeat(bytes),
  'equals signs': '='.repeat(bytes),
  'random letters': drawn(bytes, among(latin)),
  'random small letters': drawn(bytes, among(latin.slice(0, 26))),
  base64: drawn(bytes, among(`${latin}0123456789+/`)),
  'random signs': drawn(bytes, among('!"#$%&()*+,-./:;<=>?@[]^_`{|}~')),
  Chinese: drawn(bytes / 3, from(0x4e00, 3000)),
  Korean: drawn(bytes / 3, from(0xac00, 11_000)),
  emoji: drawn(bytes / 4, from(0x1f600, 60)),
  prose: kilobyteFile.repeat(Math.ceil(bytes / kilobyteFile.length)).slice(0, bytes),
}

const chat = [
  ...['role', 'system', 'content', 'You are a patient teacher who explains with small examples.'],
  ...['role', 'user', 'content', 'Explain how a lighthouse keeper would think about recursion.'],
]

const startMs = performance.now()
const counter = new TokenCounter(loadVocabulary(createVocabularyMemory()))
process.stdout.write(`vocabulary: ${(performance.now() - startMs).toFixed(0)} ms to load, `)
process.stdout.write(`${(createVocabularyMemory().byteLength / 1e6).toFixed(1)} MB\n`)

function timeOf(run: () => void): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

for (const [kind, text] of Object.entries(texts)) {
  const times = Array.from({ length: 30 }, () => timeOf(() => counter.count(text)))
  const best = Math.min(...times).toFixed(2)
  process.stdout.write(`${kind}: first ${times[0]?.toFixed(2)} ms, best ${best} ms\n`)
}

const rounds = 20_000
const countChats = () => {
  for (let round = 0; round < rounds; round += 1) for (const text of chat) counter.count(text)
}
const best = Math.min(...Array.from({ length: 5 }, () => timeOf(countChats)))
process.stdout.write(`a short chat: ${((best * 1000) / rounds).toFixed(2)} µs\n`)
