import type { KubeObject } from '../../../../kube/kube-object.ts'
import {
  findService,
  type ServicePort,
  serviceEndpointsOf,
  servicePortsOf,
  withoutReadyEndpoints,
} from '../../../core/services.ts'
import type { KubeSpec } from '../../kinds/upstream/kube-spec.ts'
import { draftEndpoint, type EndpointDraft } from './endpoints.ts'
import type { UpstreamContext } from './upstream-context.ts'

/** What a kube Upstream takes from its Service. */
export interface KubeTarget {
  readonly endpoints: readonly EndpointDraft[]
  /** Why there are none, if there are none. */
  readonly emptyReason: string
  /** From annotations and the names of ports. */
  readonly http2: boolean
  /** Name of the TLS Secret that an annotation gives. */
  readonly sslSecret: string | undefined
}

const http2Annotation = 'gloo.solo.io/h2_service'
const sslAnnotation = 'gloo.solo.io/sslService'

/** Finds the Service and its ready endpoints. Undefined: an error says why. */
export function findKubeTarget(context: UpstreamContext, kube: KubeSpec): KubeTarget | undefined {
  const { objects, namespace, upstream, findings } = context
  const { serviceName = '', servicePort = 0 } = kube
  const serviceNamespace = kube.serviceNamespace || namespace
  const service = findService(objects, serviceNamespace, serviceName)
  if (service === undefined) {
    findings.withdrawn = true
    findings.errors.push(
      `Upstream ${namespace}.${upstream.metadata.name} references the service '${serviceName}' which does not exist in namespace '${serviceNamespace}'`,
    )
    return undefined
  }
  const port = servicePortsOf(service).find((candidate) => candidate.port === servicePort)
  if (port === undefined) {
    findings.errors.push(
      `service '${serviceName}' in namespace '${serviceNamespace}' has no port ${servicePort}`,
    )
    return undefined
  }
  warnOfFileAnnotations(service, context)
  return {
    endpoints: endpointsOf(context, service, port),
    emptyReason: withoutReadyEndpoints(serviceNamespace, serviceName, port.port),
    http2: isHttp2(service, port),
    sslSecret: service.metadata.annotations?.[`${sslAnnotation}.secret`],
  }
}

function endpointsOf(
  context: UpstreamContext,
  service: KubeObject,
  port: ServicePort,
): EndpointDraft[] {
  const serverName = context.spec.sslConfig?.sni || undefined
  const spec = service['spec'] as { type?: unknown; externalName?: unknown }
  if (spec.type === 'ExternalName' && typeof spec.externalName === 'string') {
    const host = spec.externalName
    const withTls = context.spec.sslConfig !== undefined
    const name = withTls ? (serverName ?? host) : undefined
    return [draftEndpoint({ host, port: port.port, serverName: name })]
  }
  return serviceEndpointsOf(context.findSlices(service), port).map(({ address, port: number }) =>
    draftEndpoint({ host: address, port: number, serverName }),
  )
}

function isHttp2({ metadata }: KubeObject, { name, appProtocol }: ServicePort): boolean {
  const annotation = metadata.annotations?.[http2Annotation]
  if (annotation !== undefined) return annotation === 'true'
  return appProtocol === 'kubernetes.io/h2c' || /^(?:grpc|http2|h2)/.test(name)
}

function warnOfFileAnnotations({ metadata }: KubeObject, { findings }: UpstreamContext): void {
  for (const part of ['tlsCert', 'tlsKey', 'rootCa']) {
    const name = `${sslAnnotation}.${part}`
    if (metadata.annotations?.[name] === undefined) continue
    findings.warnings.push(
      `annotation ${name} of service ${metadata.name} has no effect: TLS material is read from Secrets only`,
    )
  }
}
