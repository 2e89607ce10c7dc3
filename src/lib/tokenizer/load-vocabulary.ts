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

/** Whether nobody has begun to fill `memory`: whoever is told so has to have it loaded as claimed. */
export function claimVocabulary(memory: SharedArrayBuffer): boolean {
  const state = new Int32Array(memory, 0, 1)
  return Atomics.compareExchange(state, stateCell, empty, filling) === empty
}

/**
 * Fills `memory`, unless another thread does or has; waits asleep for that, so it is not for threads that serve requests. With
 * `claimed` it does not ask for others.
 */
export function loadVocabulary(memory: SharedArrayBuffer, claimed = false): Vocabulary {
  const state = new Int32Array(memory, 0, 1)
  if (!claimed && !claimVocabulary(memory)) {
    Atomics.wait(state, stateCell, filling, abandonedAfterMs)
  }
  if (Atomics.load(state, stateCell) !== ready) fill(memory, state)
  return new Vocabulary(memory)
}

function fill(memory: SharedArrayBuffer, state: Int32Array): void {
  let outcome: number = empty
  try {
    const path = createRequire(import.meta.url).resolve('gpt-tokenizer/data/cl100k_base.tiktoken')
    fillVocabulary(memory, readFileSync(path))
    outcome = ready
  } finally {
    Atomics.store(state, stateCell, outcome)
    Atomics.notify(state, stateCell)
  }
}
