import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fillVocabulary } from './fill-vocabulary.ts'
import { Vocabulary } from './vocabulary.ts'

const stateCell = 0
const [empty, filling, ready] = [0, 1, 2]

/** Filling takes less than a second; a thread that takes this long has ended. */
const abandonedAfterMs = 10_000

/** Whether texts can be counted with the vocabulary in `memory`. */
export function isVocabularyReady(memory: SharedArrayBuffer): boolean {
  return Atomics.load(new Int32Array(memory, 0, 1), stateCell) === ready
}

/** Fills `memory`, unless another thread does or has; waits asleep for that, so it is not for threads that serve requests. */
export function loadVocabulary(memory: SharedArrayBuffer): Vocabulary {
  const state = new Int32Array(memory, 0, 1)
  if (Atomics.compareExchange(state, stateCell, empty, filling) === filling) {
    Atomics.wait(state, stateCell, filling, abandonedAfterMs)
  }
  if (Atomics.load(state, stateCell) !== ready) {
    const path = createRequire(import.meta.url).resolve('gpt-tokenizer/data/cl100k_base.tiktoken')
    fillVocabulary(memory, readFileSync(path))
    Atomics.store(state, stateCell, ready)
    Atomics.notify(state, stateCell)
  }
  return new Vocabulary(memory)
}
