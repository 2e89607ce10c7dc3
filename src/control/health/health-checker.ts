import { isDeepStrictEqual } from 'node:util'
import type { Backend, Endpoint } from '../../ir/backend.ts'
import type { Configuration } from '../../ir/configuration.ts'
import type { Origin } from '../../ir/origin.ts'
import type { Clock } from '../../lib/time/clock.ts'
import type { EndpointTable } from '../../link/endpoint-table.ts'
import { EndpointMonitor } from './endpoint-monitor.ts'
import type { Probe } from './probe.ts'

/** What became of an endpoint. */
export interface HealthTransition {
  readonly origin: Origin
  readonly backendName: string
  /** `host:port`. */
  readonly endpoint: string
  readonly isHealthy: boolean
  /** Why it is unhealthy. */
  readonly reason: string | undefined
}

/** One endpoint that is checked, for metrics. */
export type EndpointHealth = Pick<HealthTransition, 'backendName' | 'endpoint' | 'isHealthy'>

export interface HealthCheckerOptions {
  readonly table: Pick<EndpointTable, 'setHealthy' | 'isHealthy'>
  /** The endpoint's row; undefined when the table had none left, and its health then has no effect. */
  readonly findRow: (endpointId: string) => number | undefined
  readonly probe: Probe
  readonly clock: Clock
  readonly random: () => number
  readonly onTransition: (transition: HealthTransition) => void
}

interface Monitored {
  readonly monitor: EndpointMonitor
  isHealthy: boolean
}

/**
 * Probes every endpoint of the backends with health checks and writes what it finds where requests read it. As in
 * Envoy a new endpoint is unhealthy until its first probe succeeds; one that served already stays in use until
 * probes condemn it.
 */
export class HealthChecker {
  readonly #options: HealthCheckerOptions
  #monitored = new Map<string, Monitored>()
  #known: ReadonlySet<string> = new Set()
  #backends: Configuration['backends'] | undefined

  constructor(options: HealthCheckerOptions) {
    this.#options = options
  }

  /** Follows the configuration; called when endpoints have their rows and before requests see it. */
  update({ backends }: Configuration): void {
    if (backends === this.#backends) return
    this.#backends = backends
    const before = this.#monitored
    const next = new Map<string, Monitored>()
    const known = new Set<string>()
    const started: EndpointMonitor[] = []
    for (const backend of backends.values()) {
      for (const endpoint of backend.endpoints) {
        known.add(endpoint.id)
        if (backend.healthChecks.length === 0) continue
        const kept = before.get(endpoint.id)
        before.delete(endpoint.id)
        const current = this.#renew(backend, endpoint, kept)
        if (current !== kept) started.push(current.monitor)
        next.set(endpoint.id, current)
      }
    }
    for (const [endpointId, { monitor }] of before) {
      monitor.stop()
      if (known.has(endpointId)) this.#write(endpointId, true)
    }
    this.#monitored = next
    this.#known = known
    for (const monitor of started) monitor.start()
  }

  stop(): void {
    for (const { monitor } of this.#monitored.values()) monitor.stop()
    this.#monitored.clear()
    this.#backends = undefined
  }

  /** Every endpoint that is checked, as of now. */
  *healths(): Generator<EndpointHealth> {
    for (const { monitor, isHealthy } of this.#monitored.values()) {
      const { backend, endpoint } = monitor.options
      yield { backendName: backend.name, endpoint: placeOf(endpoint), isHealthy }
    }
  }

  #renew(backend: Backend, endpoint: Endpoint, kept: Monitored | undefined): Monitored {
    if (kept !== undefined && isSameCheck(kept.monitor.options, { backend, endpoint })) return kept
    kept?.monitor.stop()
    const isHealthy = kept?.isHealthy ?? this.#known.has(endpoint.id)
    this.#write(endpoint.id, isHealthy)
    const { probe, clock, random } = this.#options
    const monitored: Monitored = {
      isHealthy,
      monitor: new EndpointMonitor({
        ...{ backend, endpoint, isHealthy, probe, clock, random },
        onHealth: (healthy, reason) => this.#change(monitored, healthy, reason),
      }),
    }
    return monitored
  }

  #change(monitored: Monitored, isHealthy: boolean, reason: string | undefined): void {
    const { backend, endpoint } = monitored.monitor.options
    monitored.isHealthy = isHealthy
    this.#write(endpoint.id, isHealthy)
    this.#options.onTransition({
      origin: backend.origin,
      backendName: backend.name,
      endpoint: placeOf(endpoint),
      isHealthy,
      reason,
    })
  }

  #write(endpointId: string, isHealthy: boolean): void {
    const row = this.#options.findRow(endpointId)
    if (row !== undefined && this.#options.table.isHealthy(row) !== isHealthy) {
      this.#options.table.setHealthy(row, isHealthy)
    }
  }
}

const placeOf = ({ host, port }: Endpoint) => `${host}:${port}`

interface Checked {
  readonly backend: Backend
  readonly endpoint: Endpoint
}

/** Whether the same probes would be sent. */
function isSameCheck(left: Checked, right: Checked): boolean {
  return (
    (left.endpoint === right.endpoint || isDeepStrictEqual(left.endpoint, right.endpoint)) &&
    isDeepStrictEqual(left.backend.healthChecks, right.backend.healthChecks) &&
    isDeepStrictEqual(left.backend.tls, right.backend.tls)
  )
}
