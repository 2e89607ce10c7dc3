import { isHost } from '../../../../lib/upstream-address/is-host.ts'
import type { Failover } from '../../kinds/upstream/failover.ts'
import { draftEndpoint, type EndpointDraft, isDnsName } from './endpoints.ts'
import { notHost } from './static-hosts.ts'
import type { UpstreamContext } from './upstream-context.ts'

type Locality = NonNullable<Failover['prioritizedLocalities']>[number]
type LbEndpoint = NonNullable<
  NonNullable<Locality['localityEndpoints']>[number]['lbEndpoints']
>[number]

/** The endpoints of the priorities after the Upstream's own hosts, which have priority 0. */
export function translateFailover(context: UpstreamContext, withTls: boolean): EndpointDraft[] {
  const priorities = context.spec.failover?.prioritizedLocalities ?? []
  return priorities.flatMap(({ localityEndpoints = [] }, index) =>
    localityEndpoints
      .flatMap(({ lbEndpoints = [] }) => lbEndpoints)
      .flatMap((endpoint) => translateEndpoint(context, endpoint, { index, withTls })),
  )
}

function translateEndpoint(
  { findings, spec }: UpstreamContext,
  endpoint: LbEndpoint,
  { index, withTls }: { readonly index: number; readonly withTls: boolean },
): EndpointDraft[] {
  const { address = '', port = 0, upstreamSslConfig, healthCheckConfig } = endpoint
  const place = `failover.prioritizedLocalities[${index}]`
  if (address === '' || port === 0) {
    findings.errors.push(`${place}: address and port cannot be empty for endpoint`)
    return []
  }
  if (!isHost(address)) {
    findings.errors.push(`${place}: address ${notHost(address)}`)
    return []
  }
  if (upstreamSslConfig !== undefined && !withTls) {
    findings.warnings.push(
      `${place}: endpoint ${address}:${port} is left out: it needs TLS, which the upstream itself does not use`,
    )
    return []
  }
  const byAddress = isDnsName(address) ? address : spec.sslConfig?.sni || undefined
  return [
    draftEndpoint({
      host: address,
      port,
      weight: Math.max(1, endpoint.loadBalancingWeight ?? 1),
      priority: index + 1,
      serverName: withTls ? upstreamSslConfig?.sni || byAddress : undefined,
      healthCheckPath: healthCheckConfig?.path,
      healthCheckMethod: healthCheckConfig?.method,
    }),
  ]
}
