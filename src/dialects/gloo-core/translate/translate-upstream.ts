import type { Backend, BackendTls } from '../../../ir/backend.ts'
import type { UpstreamSpec } from '../kinds/upstream/upstream.ts'
import { translateAiEndpoints } from './ai/ai-endpoints.ts'
import { translateCircuitBreaker, translateConnection } from './upstream/connection.ts'
import { type EndpointDraft, nameEndpoints } from './upstream/endpoints.ts'
import { translateFailover } from './upstream/failover-endpoints.ts'
import { translateHealthChecks, translateOutlierDetection } from './upstream/health.ts'
import { findKubeTarget } from './upstream/kube-endpoints.ts'
import { translateLoadBalancer } from './upstream/load-balancer.ts'
import { speaksTls, translateStaticHosts } from './upstream/static-hosts.ts'
import { translateTls } from './upstream/tls.ts'
import type { UpstreamContext } from './upstream/upstream-context.ts'

/** The types of Upstreams, as `glooctl` names them. */
const typeNames = {
  static: 'Static',
  kube: 'Kubernetes',
  pipe: 'Pipe',
  aws: 'AWS Lambda',
  azure: 'Azure',
  consul: 'Consul',
  awsEc2: 'AWS EC2',
  gcp: 'GCP',
  ai: 'AI',
} as const satisfies Partial<Record<keyof UpstreamSpec, string>>

type UpstreamType = keyof typeof typeNames

/** What an Upstream is reached by, after its type is resolved. */
interface Target {
  readonly endpoints: readonly EndpointDraft[]
  readonly sslConfig: UpstreamSpec['sslConfig']
  readonly http2: boolean
  readonly emptyReason?: string | undefined
}

/** Makes the backend of an Upstream; what is wrong goes to the findings. Undefined: nothing can be served. */
export function translateUpstream(context: UpstreamContext): Backend | undefined {
  const { spec, upstream, namespace, findings, backendId } = context
  const type = findType(context)
  const target = type === undefined ? undefined : resolveTarget(context, type)
  if (target === undefined) return undefined

  const { sslConfig, http2, emptyReason } = target
  const others = type === 'ai' ? [] : translateFailover(context, sslConfig !== undefined)
  const endpoints = [...target.endpoints, ...others]
  const tls: BackendTls | undefined =
    sslConfig === undefined ? undefined : translateTls(context, sslConfig, { endpoints, http2 })
  return {
    id: backendId,
    name: `${namespace}.${upstream.metadata.name}`,
    origin: { kind: 'Upstream', namespace, name: upstream.metadata.name, fieldPath: 'spec' },
    endpoints: nameEndpoints(backendId, endpoints),
    ...(endpoints.length === 0 && emptyReason !== undefined && { emptyReason }),
    protocol: http2 ? 'http2' : 'http1',
    followClientProtocol: spec.protocolSelection === 'USE_DOWNSTREAM_PROTOCOL',
    tls,
    loadBalancer: translateLoadBalancer(spec.loadBalancerConfig ?? {}, findings),
    connection: translateConnection(spec, findings),
    circuitBreaker: translateCircuitBreaker(spec),
    outlierDetection: translateOutlierDetection(spec.outlierDetection, findings),
    healthChecks: translateHealthChecks(spec.healthChecks ?? [], http2, findings),
    panicThresholdPercent: spec.loadBalancerConfig?.healthyPanicThreshold ?? 50,
  }
}

function findType({ spec, findings }: UpstreamContext): UpstreamType | undefined {
  const all = Object.keys(typeNames) as UpstreamType[]
  const [type, ...others] = all.filter((name) => spec[name] !== undefined)
  if (type === undefined) {
    findings.errors.push(`no upstream type is set: one of ${all.join(', ')} is needed`)
    return undefined
  }
  if (others.length > 0) {
    const set = [type, ...others].join(', ')
    findings.errors.push(`only one upstream type can be set, not ${set}`)
    return undefined
  }
  return type
}

function resolveTarget(context: UpstreamContext, type: UpstreamType): Target | undefined {
  const { spec, findings } = context
  const { sslConfig, useHttp2 } = spec
  if (spec.static !== undefined) {
    return {
      endpoints: translateStaticHosts(context, spec.static),
      sslConfig: sslConfig ?? (speaksTls(spec.static) ? {} : undefined),
      http2: useHttp2 === true,
    }
  }
  if (spec.kube !== undefined) {
    const kube = findKubeTarget(context, spec.kube)
    if (kube === undefined) return undefined
    const { endpoints, emptyReason, sslSecret } = kube
    const namespace = spec.kube.serviceNamespace || context.namespace
    const fromAnnotation =
      sslSecret === undefined ? undefined : { secretRef: { name: sslSecret, namespace } }
    return {
      ...{ endpoints, emptyReason },
      sslConfig: sslConfig ?? fromAnnotation,
      http2: useHttp2 ?? kube.http2,
    }
  }
  if (spec.ai !== undefined) return resolveAi(context, spec.ai)
  findings.errors.push(`upstreams of type ${typeNames[type]} are not supported`)
  return undefined
}

function resolveAi(context: UpstreamContext, ai: NonNullable<UpstreamSpec['ai']>): Target {
  const { sslConfig, useHttp2 } = context.spec
  const endpoints = translateAiEndpoints(context, ai)
  const needsTls = endpoints.some(({ plaintext }) => plaintext !== true)
  return {
    endpoints,
    sslConfig: sslConfig ?? (needsTls ? {} : undefined),
    http2: useHttp2 === true,
  }
}
