import type { MetricSample } from '../lib/metrics/metric-sample.ts'

interface MetricsWait {
  readonly samples: MetricSample[][]
  readonly missing: Set<number>
  readonly finish: () => void
}

/** Requests for the samples of gateway threads that have not been answered by all of them. */
export class MetricsWaits {
  readonly #waits = new Map<number, MetricsWait>()
  #nextRequest = 1

  /** Resolves with the samples of each thread that answers within `timeoutMs`; `ask` is told the number of the request. */
  collect(
    threads: readonly number[],
    timeoutMs: number,
    ask: (requestId: number) => void,
  ): Promise<readonly (readonly MetricSample[])[]> {
    const requestId = this.#nextRequest++
    return new Promise((resolve) => {
      const samples: MetricSample[][] = []
      const timer = setTimeout(() => finish(), timeoutMs)
      const finish = () => {
        clearTimeout(timer)
        this.#waits.delete(requestId)
        resolve(samples)
      }
      const missing = new Set(threads)
      this.#waits.set(requestId, { samples, missing, finish })
      ask(requestId)
      if (missing.size === 0) finish()
    })
  }

  receive(thread: number, requestId: number, samples: readonly MetricSample[]): void {
    const wait = this.#waits.get(requestId)
    if (wait === undefined || !wait.missing.delete(thread)) return
    wait.samples.push([...samples])
    if (wait.missing.size === 0) wait.finish()
  }
}
