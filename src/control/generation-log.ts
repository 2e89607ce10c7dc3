import type { Origin } from '../ir/origin.ts'
import type { MetricsRegistry } from '../telemetry/metrics-registry.ts'
import type { GenerationReport } from './control-loop.ts'

/** `Kind namespace/name field`. */
export function formatOrigin({ kind, namespace, name, fieldPath }: Origin): string {
  return `${kind} ${namespace}/${name} ${fieldPath}`
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
    this.#latest = report
    this.#metrics.set('sluice_configuration_generation', report.generation)
    this.#metrics.set('sluice_configuration_build_seconds', report.totalMs / 1000)
    this.#metrics.increment('sluice_configuration_failures_total', {}, report.failedWorkers)
    const lines = report.errors.map(({ origin, message }) => `${formatOrigin(origin)}: ${message}`)
    for (const line of lines) if (!this.#said.has(line)) this.#say(line)
    this.#said = new Set(lines)
  }
}
