import type { Origin } from '../../ir/origin.ts'
import { formatSocketAddress } from '../../lib/http/socket-address.ts'
import type { MetricsRegistry } from '../../telemetry/metrics-registry.ts'
import type { MovedBinding } from '../ports/plan-bindings.ts'
import type { GenerationReport } from './generation-report.ts'

/** `Kind namespace/name field`. */
export function formatOrigin({ kind, namespace, name, fieldPath }: Origin): string {
  return `${kind} ${namespace}/${name} ${fieldPath}`
}

function formatMove({ origin, declaredPort, address, port }: MovedBinding): string {
  const where = formatSocketAddress({ host: address, port })
  return `${formatOrigin(origin)}: port ${declaredPort} may not be bound by this user and is served at ${where} instead`
}

/** Remembers what became of the latest generation, counts it, and says each problem once while it lasts. */
export class GenerationLog {
  readonly #metrics: MetricsRegistry
  readonly #say: (line: string) => void
  #said = new Set<string>()
  #latest: GenerationReport | undefined

  constructor(metrics: MetricsRegistry, say: (line: string) => void) {
    this.#metrics = metrics
    this.#say = say
  }

  get latest(): GenerationReport | undefined {
    return this.#latest
  }

  add(report: GenerationReport): void {
    const isFirst = this.#latest === undefined
    this.#latest = report
    this.#metrics.set('sluice_configuration_generation', report.generation)
    this.#metrics.set('sluice_configuration_build_seconds', report.totalMs / 1000)
    this.#metrics.increment('sluice_configuration_failures_total', {}, report.failedWorkers)
    const lines = report.errors.map(({ origin, message }) => `${formatOrigin(origin)}: ${message}`)
    const moves = report.moved.map(formatMove)
    for (const line of lines) if (!this.#said.has(line)) this.#say(line)
    // Ports that moved at the start are told where people look then: in the banner.
    for (const line of isFirst ? [] : moves) if (!this.#said.has(line)) this.#say(line)
    this.#said = new Set([...lines, ...moves])
  }
}
