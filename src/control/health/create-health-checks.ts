import { secretKind, secretValuesOf } from '../../dialects/core/secrets.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import type { Configuration } from '../../ir/configuration.ts'
import type { SecretReference } from '../../ir/secret-reference.ts'
import type { ObjectSource } from '../../kube/object-source.ts'
import type { Clock } from '../../lib/clock.ts'
import { formatSocketAddress } from '../../lib/socket-address.ts'
import {
  type AddressOverride,
  AddressResolver,
  type LookUp,
} from '../../lib/upstream-address/address-resolver.ts'
import { createOwnAddressGuard } from '../../lib/upstream-address/own-address-guard.ts'
import type { EndpointTable } from '../../link/endpoint-table.ts'
import type { WorkerOptions } from '../../link/messages.ts'
import type { MetricsRegistry } from '../../telemetry/metrics-registry.ts'
import { formatOrigin } from '../generation-log.ts'
import { HealthChecker, type HealthTransition } from './health-checker.ts'
import { createProbe } from './probe.ts'
import { ProbeContexts } from './probe-contexts.ts'

export interface HealthChecksOptions {
  readonly table: EndpointTable
  readonly findRow: (endpointId: string) => number | undefined
  readonly source: ObjectSource
  readonly dialects: readonly Dialect[]
  /** What gateway threads trust and may reach, so that probes do the same. */
  readonly rules: Pick<
    WorkerOptions,
    'allowLoopbackUpstreams' | 'extraAuthorities' | 'forbiddenAddresses'
  >
  readonly lookUp: LookUp
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
  const { rules, clock, metrics } = options
  const resolver = new AddressResolver(options.lookUp, clock.now)
  const guard = createOwnAddressGuard({
    allowLoopback: rules.allowLoopbackUpstreams,
    forbiddenAddresses: rules.forbiddenAddresses,
  })
  const contexts = new ProbeContexts({
    extraAuthorities: rules.extraAuthorities,
    findSecretValue: (reference) => readSecretValue(options.source, reference),
  })
  const checker = new HealthChecker({
    ...options,
    probe: createProbe({ resolver, guard: guard.check, contexts }),
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
      resolver.setOverrides(overrides)
      guard.setOwnAddresses(ownAddressesOf(configuration))
      checker.update(configuration)
      measure()
    },
    stop: () => checker.stop(),
  }
}

const ownAddressesOf = ({ listeners }: Configuration) =>
  [...listeners.values()].flatMap(({ bindings }) =>
    bindings.map(({ address, port }) => formatSocketAddress({ host: address, port })),
  )

function readSecretValue(
  source: ObjectSource,
  { secretId, key }: SecretReference,
): string | undefined {
  const [namespace = '', name = ''] = secretId.split('/')
  const secret = source.get({ ...secretKind, namespace, name })
  return secret === undefined ? undefined : secretValuesOf(secret)[key]
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
