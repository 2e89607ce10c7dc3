import type { MetricSample } from '../lib/metrics/metric-sample.ts'
import type { SpawnThread } from './gateway-threads.ts'
import { type DownMessage, linkVersion, type UpMessage, type WorkerAnswer } from './messages.ts'
import { MetricsWaits } from './metrics-waits.ts'
import { setThreadFlags } from './set-thread-flags.ts'
import { answerOf, endHung, hasAnswered, type WorkerSlot } from './worker-slot.ts'

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

const defaultAnswerTimeoutMs = 30_000
const defaultReplacePauseMs = 1000
const defaultPingIntervalMs = 10_000
/** A thread that lets as many pings pass hangs: it keeps its share of new connections and serves none of them. */
const mostSilentPings = 3

/** The gateway's threads as control sees them. A thread that dies is replaced and told everything again. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions
  readonly #slots: WorkerSlot[] = []
  readonly #answerListeners = new Set<() => void>()
  readonly #metrics = new MetricsWaits()
  #stopping = false
  #pings: NodeJS.Timeout | undefined

  constructor(options: WorkerPoolOptions) {
    this.#options = options
  }

  /** Resolves when every thread has taken its first messages. */
  async start(): Promise<void> {
    setThreadFlags()
    const ready: Promise<void>[] = []
    for (let index = 0; index < this.#options.count; index++) {
      const slot: WorkerSlot = {
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
    const threads = this.#slots.filter((slot) => slot.ready).map((slot) => slot.index)
    return this.#metrics.collect(threads, timeoutMs, (requestId) =>
      this.broadcast({ type: 'collect-metrics', requestId }),
    )
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

  #attach(slot: WorkerSlot, onReady: () => void, onFailed: (error: Error) => void): void {
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
    slot: WorkerSlot,
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
        this.#metrics.receive(slot.index, message.requestId, message.samples)
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

  #replace(slot: WorkerSlot, error: Error | undefined): void {
    if (this.#stopping) return
    this.#options.onWorkerLost(slot.index, error)
    // A thread that ends as soon as it starts, or over its configuration, would be replaced in a tight loop.
    const { replacePauseMs = defaultReplacePauseMs } = this.#options
    const pauseMs = slot.tookConfiguration ? 0 : replacePauseMs
    slot.ready = false
    slot.tookConfiguration = false
    slot.replacement = setTimeout(() => this.#spawn(slot), pauseMs)
  }

  #spawn(slot: WorkerSlot): void {
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
