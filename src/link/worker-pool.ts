import { setFlagsFromString } from 'node:v8'
import type { Worker } from 'node:worker_threads'
import type { MetricSample } from '../lib/metric-sample.ts'
import type { SpawnThread } from './gateway-threads.ts'
import { type DownMessage, linkVersion, type UpMessage } from './messages.ts'

type AckMessage = Extract<UpMessage, { type: 'ack' }>
type NackMessage = Extract<UpMessage, { type: 'nack' }>

/** What one worker said of a generation. */
export type WorkerAnswer = AckMessage | NackMessage

export interface WorkerPoolOptions {
  /** Gateway threads, at least 1. */
  readonly count: number
  readonly spawn: SpawnThread
  readonly startMessage: Omit<
    Extract<DownMessage, { type: 'start' }>,
    'type' | 'linkVersion' | 'workerIndex'
  >
  /** Everything that a worker must be told when it starts, in order: secrets, addresses, rows, configuration. */
  readonly stateMessages: () => readonly DownMessage[]
  readonly onEndpointEvent: (endpointId: string, event: string) => void
  readonly onLimitStore: (index: number, connected: boolean, reason: string) => void
  /** A worker ended without being asked to; it is replaced. */
  readonly onWorkerLost: (workerIndex: number, error: Error | undefined) => void
  /** How long a thread may take to answer a generation before it counts as failed. */
  readonly answerTimeoutMs?: number
  /** How often each thread is asked whether it still takes its turn. */
  readonly pingIntervalMs?: number
  /** How long a thread that ended before it took a configuration stays away. */
  readonly replacePauseMs?: number
}

interface Slot {
  readonly index: number
  worker: Worker
  ready: boolean
  ended: boolean
  answered: WorkerAnswer | undefined
  /** True: this very thread has taken a configuration. */
  tookConfiguration: boolean
  replacement: NodeJS.Timeout | undefined
  /** Pings that have not been answered. */
  silentPings: number
}

const defaultAnswerTimeoutMs = 30_000
const defaultReplacePauseMs = 1000
const defaultPingIntervalMs = 10_000
/** A thread that lets as many pings pass hangs: it keeps its share of new connections and serves none of them. */
const mostSilentPings = 3

interface MetricsWait {
  readonly samples: MetricSample[][]
  readonly missing: Set<number>
  readonly finish: () => void
}

/**
 * Half of the space for young objects, in MiB, of threads that start from now on. V8's own choice grows to 55 MB per
 * thread under load; with this it is 15 MB, and a process with one thread takes 182 MB instead of 220 at the same CPU
 * per request. `resourceLimits` of a thread does not hold it back.
 */
const semiSpaceMebibytes = 8

/**
 * Every gateway thread has a core of its own and keeps it busy, so there is none left for helpers of the collector: they took the
 * thread's own core for 7 to 17 ms at a stretch. Alone, a thread marks in steps of a tenth of a millisecond: of 512 streams that begin
 * the slowest hundredth waits 3 ms for its first event instead of 6 (2 to 4 without a gateway), at the same CPU per event.
 * V8's other flags of this kind must not change once it runs.
 */
const collectorFlags = [
  '--no-concurrent-marking',
  '--no-parallel-scavenge',
  // Events that are held until the next one comes look long-lived, and V8 would make all of their kind among old objects: a guarded
  // event then takes 37 µs of CPU instead of 33.
  '--no-allocation-site-pretenuring',
]

/** The gateway's threads as control sees them. A thread that dies is replaced and told everything again. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions
  readonly #slots: Slot[] = []
  readonly #answerListeners = new Set<() => void>()
  readonly #metricsWaits = new Map<number, MetricsWait>()
  #nextMetricsRequest = 1
  #stopping = false
  #pings: NodeJS.Timeout | undefined

  constructor(options: WorkerPoolOptions) {
    this.#options = options
  }

  /** Resolves when every thread has taken its first messages. */
  async start(): Promise<void> {
    setFlagsFromString(`--max-semi-space-size=${semiSpaceMebibytes}`)
    for (const flag of collectorFlags) setFlagsFromString(flag)
    const ready: Promise<void>[] = []
    for (let index = 0; index < this.#options.count; index++) {
      const slot: Slot = {
        index,
        worker: this.#options.spawn(index),
        ready: false,
        ended: false,
        answered: undefined,
        tookConfiguration: false,
        replacement: undefined,
        silentPings: 0,
      }
      this.#slots.push(slot)
      ready.push(new Promise((resolve, reject) => this.#attach(slot, resolve, reject)))
    }
    await Promise.all(ready)
    const { pingIntervalMs = defaultPingIntervalMs } = this.#options
    this.#pings = setInterval(() => this.#ping(), pingIntervalMs).unref()
  }

  broadcast(message: DownMessage): void {
    for (const slot of this.#slots) if (slot.ready) slot.worker.postMessage(message)
  }

  /**
   * Resolves with each worker's answer once all of them have answered `generation` or a later one. Whoever does not in
   * time counts as failed and is replaced: one thread that hangs or dies again and again keeps no configuration from the others.
   */
  answersOf(generation: number): Promise<readonly WorkerAnswer[]> {
    const { answerTimeoutMs = defaultAnswerTimeoutMs } = this.#options
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer)
        this.#answerListeners.delete(check)
        for (const slot of this.#slots) if (!hasAnswered(slot, generation)) endHung(slot)
        resolve(this.#slots.map((slot) => answerOf(slot, generation, answerTimeoutMs)))
      }
      const timer = setTimeout(finish, answerTimeoutMs)
      const check = () => {
        if (this.#slots.every((slot) => hasAnswered(slot, generation))) finish()
      }
      this.#answerListeners.add(check)
      check()
    })
  }

  /** Samples of each thread that answers within `timeoutMs`. */
  collectMetrics(timeoutMs: number): Promise<readonly (readonly MetricSample[])[]> {
    const requestId = this.#nextMetricsRequest++
    return new Promise((resolve) => {
      const samples: MetricSample[][] = []
      const timer = setTimeout(() => finish(), timeoutMs)
      const finish = () => {
        clearTimeout(timer)
        this.#metricsWaits.delete(requestId)
        resolve(samples)
      }
      const missing = new Set(this.#slots.filter((slot) => slot.ready).map((slot) => slot.index))
      this.#metricsWaits.set(requestId, { samples, missing, finish })
      this.broadcast({ type: 'collect-metrics', requestId })
      if (missing.size === 0) finish()
    })
  }

  /** Lets open requests end within `graceMs`, then ends the threads. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true
    clearInterval(this.#pings)
    await Promise.all(
      this.#slots.map(async (slot) => {
        clearTimeout(slot.replacement)
        if (slot.ended) return
        const exited = new Promise((resolve) => slot.worker.once('exit', resolve))
        slot.worker.postMessage({ type: 'drain', graceMs } satisfies DownMessage)
        const timer = setTimeout(() => void slot.worker.terminate(), graceMs + 1000)
        await exited
        clearTimeout(timer)
      }),
    )
  }

  #ping(): void {
    for (const slot of this.#slots) {
      if (!slot.ready) continue
      if (slot.silentPings >= mostSilentPings) endHung(slot)
      slot.silentPings += 1
      slot.worker.postMessage({ type: 'ping' } satisfies DownMessage)
    }
  }

  #attach(slot: Slot, onReady: () => void, onFailed: (error: Error) => void): void {
    const { worker } = slot
    let failure: Error | undefined
    worker.on('error', (error) => {
      failure = error as Error
    })
    worker.on('exit', () => {
      slot.ended = true
      if (!slot.ready) onFailed(failure ?? new Error('A gateway thread ended while it started.'))
      else if (!this.#stopping) this.#replace(slot, failure)
    })
    worker.on('message', (message: UpMessage) => this.#receive(slot, message, onReady, onFailed))
    worker.postMessage({
      type: 'start',
      linkVersion,
      workerIndex: slot.index,
      ...this.#options.startMessage,
    } satisfies DownMessage)
  }

  #receive(
    slot: Slot,
    message: UpMessage,
    onReady: () => void,
    onFailed: (error: Error) => void,
  ): void {
    switch (message.type) {
      case 'ready':
        if (message.linkVersion !== linkVersion) {
          onFailed(new Error('A gateway thread speaks another version of the link protocol.'))
          return
        }
        slot.ready = true
        for (const state of this.#options.stateMessages()) slot.worker.postMessage(state)
        onReady()
        return
      case 'ack':
      case 'nack':
        slot.answered = message
        slot.tookConfiguration = true
        for (const check of [...this.#answerListeners]) check()
        return
      case 'metrics':
        this.#receiveMetrics(slot, message.requestId, message.samples)
        return
      case 'pong':
        slot.silentPings = 0
        return
      case 'endpoint-event':
        this.#options.onEndpointEvent(message.endpointId, message.event)
        return
      case 'limit-store':
        this.#options.onLimitStore(slot.index, message.connected, message.reason)
        return
      case 'drained':
        void slot.worker.terminate()
        return
    }
  }

  #receiveMetrics(slot: Slot, requestId: number, samples: readonly MetricSample[]): void {
    const wait = this.#metricsWaits.get(requestId)
    if (wait === undefined || !wait.missing.delete(slot.index)) return
    wait.samples.push([...samples])
    if (wait.missing.size === 0) wait.finish()
  }

  #replace(slot: Slot, error: Error | undefined): void {
    if (this.#stopping) return
    this.#options.onWorkerLost(slot.index, error)
    // A thread that ends as soon as it starts, or over its configuration, would be replaced in a tight loop.
    const { replacePauseMs = defaultReplacePauseMs } = this.#options
    const pauseMs = slot.tookConfiguration ? 0 : replacePauseMs
    slot.ready = false
    slot.tookConfiguration = false
    slot.replacement = setTimeout(() => this.#spawn(slot), pauseMs)
  }

  #spawn(slot: Slot): void {
    slot.worker = this.#options.spawn(slot.index)
    slot.ended = false
    slot.silentPings = 0
    this.#attach(
      slot,
      () => undefined,
      (error) => this.#replace(slot, error),
    )
  }
}

/** Its end makes it replaced; a thread that is still starting is left to its start. */
function endHung(slot: Slot): void {
  if (slot.ready && !slot.ended) void slot.worker.terminate()
}

const hasAnswered = ({ answered }: Slot, generation: number) =>
  answered !== undefined && answered.generation >= generation

function answerOf(slot: Slot, generation: number, timeoutMs: number): WorkerAnswer {
  if (slot.answered !== undefined && hasAnswered(slot, generation)) return slot.answered
  const message = `gateway thread ${slot.index} has not answered within ${timeoutMs} ms`
  return { type: 'nack', generation, message }
}
