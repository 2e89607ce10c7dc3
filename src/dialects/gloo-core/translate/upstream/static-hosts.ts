import { isHost } from '../../../../lib/upstream-address/is-host.ts'
import { findService, parseClusterDnsName, servicePortsOf } from '../../../core/services.ts'
import type { ObjectView } from '../../../dialect.ts'
import type { StaticSpec } from '../../kinds/upstream/static-spec.ts'
import { draftEndpoint, type EndpointDraft, isDnsName } from './endpoints.ts'
import type { UpstreamContext } from './upstream-context.ts'

type Host = NonNullable<StaticSpec['hosts']>[number]

/** Whether a static Upstream speaks TLS: as it says, else when a host has port 443. */
export function speaksTls({ useTls, hosts = [] }: StaticSpec): boolean {
  return useTls ?? hosts.some(({ port }) => port === 443)
}

/** The hosts of a static Upstream, with Gloo's words for what is wrong with them. */
export function translateStaticHosts(
  context: UpstreamContext,
  staticSpec: StaticSpec,
): EndpointDraft[] {
  const { spec, findings } = context
  const { hosts = [] } = staticSpec
  if (hosts.length === 0) findings.errors.push('must provide at least 1 host in static spec')
  const withTls = spec.sslConfig !== undefined || speaksTls(staticSpec)
  return hosts.flatMap((host) => {
    const { addr = '', port = 0, loadBalancingWeight = 1, healthCheckConfig } = host
    if (addr === '') findings.errors.push('addr cannot be empty for host')
    else if (!isHost(addr)) findings.errors.push(`addr ${notHost(addr)}`)
    if (port === 0) findings.errors.push('port cannot be empty for host')
    if (port > 65_535) findings.errors.push(`port ${port} of host ${addr} is above 65535`)
    if (addr === '' || port === 0) return []
    warnOfMissingService(context, addr, port)
    return [
      draftEndpoint({
        host: addr,
        port,
        weight: Math.max(1, loadBalancingWeight),
        serverName: withTls ? serverNameOf(host, staticSpec, spec.sslConfig?.sni) : undefined,
        healthCheckPath: healthCheckConfig?.path,
        healthCheckMethod: healthCheckConfig?.method,
      }),
    ]
  })
}

/** What to do about an address that can never be reached, such as a URL. */
export const notHost = (address: string) =>
  `'${address}' is no DNS name or IP address: write the host alone, without scheme, port and path`

/**
 * The host's own name; then its address if that is asked for; then the name in `sslConfig`; then the address by default.
 * An IP address is no server name (RFC 6066, section 3).
 */
function serverNameOf(
  { sniAddr, addr = '' }: Host,
  { autoSniRewrite, hosts = [] }: StaticSpec,
  sni: string | undefined,
): string | undefined {
  if (sniAddr !== undefined && sniAddr !== '') return sniAddr
  const address = isDnsName(addr) ? addr : undefined
  if (autoSniRewrite === true && address !== undefined) return address
  if (sni !== undefined && sni !== '') return sni
  if (autoSniRewrite !== false) return address
  return hosts.map((host) => host.addr ?? '').find((name) => name !== '' && isDnsName(name))
}

/** The name of a Service is resolved by what the Service says, so one that is missing leads nowhere. */
export function warnOfMissingService(
  { objects, findings }: UpstreamContext,
  addr: string,
  port: number,
): void {
  const warning = findMissingService(objects, addr, port)
  if (warning !== undefined) findings.warnings.push(warning)
}

/** What is wrong with a host that names a Service; undefined: nothing, or it names none. */
export function findMissingService(
  objects: ObjectView,
  addr: string,
  port: number,
): string | undefined {
  const reference = parseClusterDnsName(addr)
  if (reference === undefined) return undefined
  const { namespace, name } = reference
  const service = findService(objects, namespace, name)
  const text = `host ${addr} names the service '${name}' in namespace '${namespace}'`
  if (service === undefined) return `${text}, which does not exist`
  const ports = servicePortsOf(service).map((each) => each.port)
  const spec = service['spec'] as { type?: unknown; clusterIP?: unknown } | undefined
  const isOpen = spec?.type === 'ExternalName' || spec?.clusterIP === 'None'
  return isOpen || ports.includes(port) ? undefined : `${text}, which has no port ${port}`
}
