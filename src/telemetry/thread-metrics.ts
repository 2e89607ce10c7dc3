import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { MetricSample } from '../lib/metrics/metric-sample.ts'
import type { MetricName } from './metric-definitions.ts'

const resolutionMs = 20

/** What every thread says of itself: when it began, its heap, and how late its event loop was. */
export class ThreadMetrics {
  readonly #thread: string
  readonly #startTimeMs: number
  readonly #eventLoopDelay: ReturnType<typeof monitorEventLoopDelay>

  constructor(thread: string, startTimeMs: number) {
    this.#thread = thread
    this.#startTimeMs = startTimeMs
    this.#eventLoopDelay = monitorEventLoopDelay({ resolution: resolutionMs })
    this.#eventLoopDelay.enable()
  }

  /** The delays are those since the last reading. */
  collect(): MetricSample[] {
    const thread = this.#thread
    return [
      gauge('sluice_thread_start_time_seconds', { thread }, this.#startTimeMs / 1000),
      gauge('sluice_heap_used_bytes', { thread }, process.memoryUsage().heapUsed),
      ...this.#collectEventLoopDelay(),
    ]
  }

  /** Stops what measures; the thread may end. */
  close(): void {
    this.#eventLoopDelay.disable()
  }

  #collectEventLoopDelay(): MetricSample[] {
    const delay = this.#eventLoopDelay
    const values = { '0.5': delay.percentile(50), '0.99': delay.percentile(99), '1': delay.max }
    const empty = delay.count === 0
    delay.reset()
    return Object.entries(values).map(([quantile, nanoseconds]) => {
      // Node records the whole time between two looks, of which the resolution was meant to pass.
      const seconds = empty ? 0 : Math.max(0, nanoseconds / 1e9 - resolutionMs / 1000)
      return gauge('sluice_event_loop_delay_seconds', { thread: this.#thread, quantile }, seconds)
    })
  }
}

function gauge(name: MetricName, labels: Record<string, string>, current: number): MetricSample {
  return { name, labels, value: { type: 'gauge', current } }
}
