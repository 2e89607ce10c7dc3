import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { claimVocabulary, isVocabularyReady } from './load-vocabulary.ts'
import { TokenCounter } from './token-counter.ts'
import type { CountResult, CountTask, TokenizerThreadData } from './tokenizer-thread.ts'
import { Vocabulary } from './vocabulary.ts'

/** Counts tokens in the encoding cl100k_base. */
export interface Tokenizer {
  /** Makes ready what {@link count} needs, so that the first text need not wait for it. */
  load(): void
  /** The tokens of all texts together; undefined: they cannot be counted now. Never throws or rejects. */
  count(texts: readonly string[]): number | undefined | Promise<number | undefined>
}

/** Text counted at once, in UTF-16 units: some milliseconds in the worst case. What is longer goes to a thread. */
const inlineUnits = 32_768

/** What a text costs besides its characters, in UTF-16 units. */
const unitsPerText = 16

/** Texts that are counted in one go; a request has some dozens. */
const maxTexts = 65_536

/** Text that may wait for the thread, in UTF-16 units; beyond it nothing is counted. */
const maxWaitingUnits = 32 * 1024 * 1024

const idleMs = 10_000

/** Bytes of a text are in flight only; the tables of the vocabulary lie outside of the heap. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 }

interface Waiting {
  readonly units: number
  readonly resolve: (tokens: number | undefined) => void
}

/** A {@link Tokenizer} whose vocabulary all threads share; `memory` is empty until the first of them needs it. */
export class SharedTokenizer implements Tokenizer {
  readonly #memory: SharedArrayBuffer
  readonly #startThread: (data: TokenizerThreadData) => Worker
  #counter: TokenCounter | undefined
  #thread: Worker | undefined
  #idle: NodeJS.Timeout | undefined
  #tasks = 0
  #waitingUnits = 0
  readonly #waiting = new Map<number, Waiting>()

  constructor(memory: SharedArrayBuffer, startThread = startTokenizerThread) {
    this.#memory = memory
    this.#startThread = startThread
  }

  load(): void {
    // One thread of all fills the memory; others start theirs when there is something to count before it is done.
    if (this.#thread === undefined && claimVocabulary(this.#memory)) this.#start(true)
  }

  count(texts: readonly string[]): number | undefined | Promise<number | undefined> {
    if (texts.length > maxTexts) return undefined
    const units = texts.reduce((sum, text) => sum + text.length + unitsPerText, 0)
    const counter = units > inlineUnits ? undefined : this.#ownCounter()
    if (counter === undefined) return this.#countElsewhere(texts, units)
    let tokens = 0
    for (const text of texts) tokens += counter.count(text)
    return tokens
  }

  #ownCounter(): TokenCounter | undefined {
    if (this.#counter === undefined && isVocabularyReady(this.#memory)) {
      this.#counter = new TokenCounter(new Vocabulary(this.#memory))
    }
    return this.#counter
  }

  #countElsewhere(texts: readonly string[], units: number): Promise<number | undefined> {
    if (this.#waitingUnits + units > maxWaitingUnits) return Promise.resolve(undefined)
    const thread = this.#thread ?? this.#start(claimVocabulary(this.#memory))
    const id = ++this.#tasks
    this.#waitingUnits += units
    clearTimeout(this.#idle)
    return new Promise((resolve) => {
      this.#waiting.set(id, { units, resolve })
      thread.postMessage({ id, texts } satisfies CountTask)
    })
  }

  #start(claimed: boolean): Worker {
    const thread = this.#startThread({ memory: this.#memory, claimed })
    thread.unref()
    thread.on('message', ({ id, tokens }: CountResult) => this.#answer(id, tokens))
    // Without a listener an error of the thread would end the process; its end is what counts.
    thread.on('error', (error) => process.emitWarning(error as Error))
    thread.on('exit', () => this.#threadEnded(thread))
    this.#thread = thread
    this.#endWhenIdle(thread)
    return thread
  }

  #answer(id: number, tokens: number | undefined): void {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#waiting.delete(id)
    this.#waitingUnits -= waiting.units
    if (this.#thread !== undefined && this.#waiting.size === 0) this.#endWhenIdle(this.#thread)
    waiting.resolve(tokens)
  }

  #endWhenIdle(thread: Worker): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      this.#thread = undefined
      void thread.terminate()
    }, idleMs).unref()
  }

  #threadEnded(thread: Worker): void {
    if (this.#thread !== thread) return
    this.#thread = undefined
    clearTimeout(this.#idle)
    for (const id of [...this.#waiting.keys()]) this.#answer(id, undefined)
  }
}

function startTokenizerThread(workerData: TokenizerThreadData): Worker {
  const entry = new URL(`./tokenizer-thread${extname(import.meta.filename)}`, import.meta.url)
  return new Worker(entry, { workerData, name: 'tokenizer', resourceLimits })
}
