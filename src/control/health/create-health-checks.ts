import type { Dialect } from '../../dialects/dialect.ts'
import type { Configuration } from '../../ir/configuration.ts'
import type { Clock } from '../../lib/time/clock.ts'
import type { AddressOverride } from '../../lib/upstream-address/address-resolver.ts'
import type { EndpointTable } from '../../link/endpoint-table.ts'
import type { MetricsRegistry } from '../../telemetry/metrics-registry.ts'
import { createDialing, type DialingOptions } from '../dialing/create-dialing.ts'
import { formatOrigin } from '../generations/generation-log.ts'
import { HealthChecker, type HealthTransition } from './health-checker.ts'
import { createProbe } from './probe.ts'

export interface HealthChecksOptions extends DialingOptions {
  readonly table: EndpointTable
  readonly findRow: (endpointId: string) => number | undefined
  readonly dialects: readonly Dialect[]
  readonly clock: Clock
  readonly random: () => number
  readonly metrics: MetricsRegistry
  /** Takes a line for the log. */
  readonly say: (line: string) => void
}

/** Active health checks as a whole: probes, what requests see of them, log, metric and Events. */
export interface HealthChecks {
  update(configuration: Configuration, overrides: readonly AddressOverride[]): void
  stop(): void
}

export function createHealthChecks(options: HealthChecksOptions): HealthChecks {
  const { metrics } = options
  const dialing = createDialing(options)
  const checker = new HealthChecker({
    ...options,
    probe: createProbe(dialing.services),
    onTransition(transition) {
      report(transition, options)
      measure()
    },
  })
  const measure = () => {
    metrics.clear('sluice_endpoint_healthy')
    for (const { backendName, endpoint, isHealthy } of checker.healths()) {
      const labels = { backend: backendName, endpoint }
      metrics.set('sluice_endpoint_healthy', isHealthy ? 1 : 0, labels)
    }
  }
  return {
    update(configuration, overrides) {
      dialing.update(configuration, overrides)
      checker.update(configuration)
      measure()
    },
    stop: () => checker.stop(),
  }
}

function report(
  { origin, endpoint, isHealthy, reason }: HealthTransition,
  { say, source, dialects }: HealthChecksOptions,
): void {
  const message = isHealthy
    ? `endpoint ${endpoint} is healthy`
    : `endpoint ${endpoint} is unhealthy: ${reason}`
  say(`${formatOrigin(origin)}: ${message}`)
  const { kind, namespace, name } = origin
  const definition = dialects.flatMap(({ kinds }) => kinds).find((each) => each.kind === kind)
  if (definition === undefined) return
  source.recordEvent(
    { group: definition.group, kind, namespace, name },
    {
      type: isHealthy ? 'Normal' : 'Warning',
      reason: isHealthy ? 'EndpointHealthy' : 'EndpointUnhealthy',
      message,
      reportingComponent: 'sluice',
    },
  )
}
