import type { EndpointTable } from '../../../link/endpoint-table.ts'
import type { EndpointRuntime } from '../endpoints/endpoint-runtime.ts'

/** Envoy's overprovisioning factor: a priority carries all load while this much of it is healthy. */
const overprovisioning = 1.4

interface Level {
  readonly priority: number
  readonly all: readonly EndpointRuntime[]
  healthy: readonly EndpointRuntime[]
  /** Share of the requests, 0 to 1. */
  load: number
}

/**
 * The endpoints that requests may go to: by priority, without those that are unhealthy or ejected, unless so
 * many are that their health is disregarded
 * (https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/priority).
 */
export class AvailableEndpoints {
  readonly #levels: readonly Level[]
  readonly #panicThresholdPercent: number
  readonly #endpoints: readonly EndpointRuntime[]
  readonly #tables: readonly EndpointTable[]
  #version = -1
  #validUntilMs = 0

  constructor(endpoints: readonly EndpointRuntime[], panicThresholdPercent: number) {
    this.#endpoints = endpoints
    this.#tables = [...new Set(endpoints.map((endpoint) => endpoint.row.table))]
    this.#panicThresholdPercent = panicThresholdPercent
    const byPriority = Map.groupBy(endpoints, (endpoint) => endpoint.config.priority)
    this.#levels = [...byPriority.entries()]
      .sort(([left], [right]) => left - right)
      .map(([priority, all]) => ({ priority, all, healthy: all, load: 0 }))
  }

  /** The endpoints of the priority that takes this request; the same array until health changes. */
  choose(
    nowMs: number,
    random: () => number,
    tried?: ReadonlySet<number>,
  ): readonly EndpointRuntime[] {
    let version = 0
    for (const table of this.#tables) version += table.version()
    if (version !== this.#version || nowMs >= this.#validUntilMs) this.#refresh(nowMs, version)
    const level = this.#levels.length === 1 ? this.#levels[0] : this.#levelFor(random(), tried)
    return level === undefined ? [] : this.#usable(level)
  }

  /** True while fewer than this share of the endpoints is ejected; one always may be. */
  mayEject(nowMs: number, maxEjectionPercent: number): boolean {
    let ejected = 0
    for (const { row } of this.#endpoints) {
      if (row.table.ejectedUntilMs(row.row) > nowMs) ejected += 1
    }
    if (ejected === 0) return maxEjectionPercent > 0
    return (ejected / this.#endpoints.length) * 100 < maxEjectionPercent
  }

  /** The share of priorities whose turn is over goes to the first one that is left with an endpoint. */
  #levelFor(random: number, tried: ReadonlySet<number> | undefined): Level | undefined {
    if (tried === undefined || tried.size === 0) return this.#draw(random)
    return this.#levels.find(({ priority, healthy }) => !tried.has(priority) && healthy.length > 0)
  }

  #usable(level: Level): readonly EndpointRuntime[] {
    const healthyPercent = (level.healthy.length / level.all.length) * 100
    return healthyPercent < this.#panicThresholdPercent ? level.all : level.healthy
  }

  #draw(random: number): Level | undefined {
    let rest = random
    for (const level of this.#levels) {
      if (rest < level.load) return level
      rest -= level.load
    }
    return this.#levels.findLast((level) => level.load > 0) ?? this.#levels[0]
  }

  #refresh(nowMs: number, version: number): void {
    this.#version = version
    this.#validUntilMs = Number.POSITIVE_INFINITY
    for (const { row } of this.#endpoints) {
      const until = row.table.ejectedUntilMs(row.row)
      if (until > nowMs) this.#validUntilMs = Math.min(this.#validUntilMs, until)
    }
    for (const level of this.#levels) {
      const healthy = level.all.filter((endpoint) => endpoint.isAvailable(nowMs))
      level.healthy = healthy.length === level.all.length ? level.all : healthy
    }
    this.#spread()
  }

  /** Each priority carries what its health allows; the next one gets the rest. */
  #spread(): void {
    const shares = this.#levels.map(({ healthy, all }) =>
      Math.min(1, (healthy.length / all.length) * overprovisioning),
    )
    const total = Math.min(
      1,
      shares.reduce((sum, share) => sum + share, 0),
    )
    let rest = 1
    for (const [index, level] of this.#levels.entries()) {
      const share = total === 0 ? (index === 0 ? 1 : 0) : (shares[index] ?? 0) / total
      level.load = Math.min(rest, share)
      rest -= level.load
    }
  }
}
