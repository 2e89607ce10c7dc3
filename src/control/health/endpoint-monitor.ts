import type { Backend, Endpoint } from '../../ir/backend.ts'
import type { Clock } from '../../lib/time/clock.ts'
import { CheckMonitor } from './check-monitor.ts'
import type { Probe } from './probe.ts'

export interface EndpointMonitorOptions {
  readonly backend: Backend
  readonly endpoint: Endpoint
  /** What holds until the first probe has answered. */
  readonly isHealthy: boolean
  readonly probe: Probe
  readonly clock: Clock
  readonly random: () => number
  /** The health is known for the first time, or it changed; `reason`: why it is unhealthy. */
  readonly onHealth: (isHealthy: boolean, reason: string | undefined) => void
}

/** All checks of one endpoint; it is healthy while every one of them finds it so. */
export class EndpointMonitor {
  readonly options: EndpointMonitorOptions
  readonly #checks: readonly CheckMonitor[]
  #told: boolean | undefined

  constructor(options: EndpointMonitorOptions) {
    this.options = options
    this.#checks = options.backend.healthChecks.map(
      (check) =>
        new CheckMonitor({
          ...options,
          target: { ...options, check },
          onVerdict: (reason) => this.#tell(reason),
        }),
    )
  }

  start(): void {
    for (const check of this.#checks) check.start()
  }

  stop(): void {
    for (const check of this.#checks) check.stop()
  }

  #tell(reason: string | undefined): void {
    const isHealthy = this.#checks.every((check) => check.isHealthy)
    // One check of several that passes says nothing yet.
    if (isHealthy === this.#told || (!isHealthy && reason === undefined)) return
    this.#told = isHealthy
    this.options.onHealth(isHealthy, isHealthy ? undefined : reason)
  }
}
