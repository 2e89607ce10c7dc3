// A thread that loads the vocabulary and counts texts that are too long for a thread that serves requests.
import { parentPort, workerData } from 'node:worker_threads'
import { loadVocabulary } from './load-vocabulary.ts'
import { TokenCounter } from './token-counter.ts'

/** What the thread is started with. */
export interface TokenizerThreadData {
  readonly memory: SharedArrayBuffer
  /** The vocabulary was claimed for this thread. */
  readonly claimed: boolean
}

/** What the thread is asked. */
export interface CountTask {
  readonly id: number
  readonly texts: readonly string[]
}

/** What it answers. */
export interface CountResult {
  readonly id: number
  readonly tokens: number
}

const { memory, claimed } = workerData as TokenizerThreadData
const counter = new TokenCounter(loadVocabulary(memory, claimed))

parentPort?.on('message', ({ id, texts }: CountTask) => {
  let tokens = 0
  for (const text of texts) tokens += counter.count(text)
  parentPort?.postMessage({ id, tokens } satisfies CountResult)
})
