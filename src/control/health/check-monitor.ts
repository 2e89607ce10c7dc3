import type { Clock } from '../../lib/time/clock.ts'
import type { Probe, ProbeResult, ProbeTarget } from './probe.ts'

export interface CheckMonitorOptions {
  readonly target: ProbeTarget
  readonly isHealthy: boolean
  readonly probe: Probe
  readonly clock: Clock
  readonly random: () => number
  /** After every probe that settled what the check thinks: the first one, and each that changed it. */
  readonly onVerdict: (reason: string | undefined) => void
}

/**
 * Repeats one check of one endpoint and decides as Envoy does
 * (https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/health_checking): one success is enough the
 * first time, an unexpected status condemns at once, and thresholds count consecutive successes and network failures.
 */
export class CheckMonitor {
  readonly #options: CheckMonitorOptions
  #isHealthy: boolean
  #isFirst = true
  #successes = 0
  #failures = 0
  #cancelTimer: () => void = () => undefined
  #running: AbortController | undefined
  #stopped = false

  constructor(options: CheckMonitorOptions) {
    this.#options = options
    this.#isHealthy = options.isHealthy
  }

  get isHealthy(): boolean {
    return this.#isHealthy
  }

  start(): void {
    const { target, clock, random } = this.#options
    const delayMs = random() * target.check.initialJitterMs
    if (delayMs === 0) void this.#run()
    else this.#cancelTimer = clock.schedule(delayMs, () => void this.#run())
  }

  stop(): void {
    this.#stopped = true
    this.#cancelTimer()
    this.#running?.abort()
  }

  async #run(): Promise<void> {
    const { target, clock, random } = this.#options
    const result = await this.#probeInTime()
    if (this.#stopped) return
    this.#take(result)
    const { intervalMs, intervalJitterMs, intervalJitterPercent } = target.check
    const jitterMs =
      random() * intervalJitterMs + random() * ((intervalMs * intervalJitterPercent) / 100)
    this.#cancelTimer = clock.schedule(intervalMs + jitterMs, () => void this.#run())
  }

  async #probeInTime(): Promise<ProbeResult> {
    const { target, clock, probe } = this.#options
    const running = new AbortController()
    this.#running = running
    const { timeoutMs } = target.check
    let cancel = () => {}
    const late = new Promise<ProbeResult>((resolve) => {
      cancel = clock.schedule(timeoutMs, () =>
        resolve({ type: 'network-failure', reason: `no answer within ${timeoutMs} ms` }),
      )
    })
    const result = await Promise.race([probe(target, running.signal), late])
    cancel()
    // Whatever the probe still holds is given up.
    running.abort()
    return result
  }

  #take(result: ProbeResult): void {
    const isFirst = this.#isFirst
    const before = this.#isHealthy
    this.#isFirst = false
    if (result.type === 'success') this.#countSuccess(isFirst)
    else this.#countFailure(result.type === 'unexpected-status')
    if (!isFirst && before === this.#isHealthy) return
    this.#options.onVerdict(result.type === 'success' ? undefined : result.reason)
  }

  #countSuccess(isFirst: boolean): void {
    this.#failures = 0
    if (this.#isHealthy) return
    this.#successes += 1
    if (isFirst || this.#successes >= this.#options.target.check.healthyThreshold) {
      this.#isHealthy = true
    }
  }

  #countFailure(condemns: boolean): void {
    this.#successes = 0
    if (!this.#isHealthy) return
    this.#failures += 1
    if (condemns || this.#failures >= this.#options.target.check.unhealthyThreshold) {
      this.#isHealthy = false
      this.#failures = 0
    }
  }
}
