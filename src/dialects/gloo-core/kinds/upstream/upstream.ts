import type { Static } from 'typebox'
import type { Normalized } from '../../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { choice, count, decimal, duration, flag, list, map, object, text } from '../../../field.ts'
import { honoured, ignored, informational } from '../../../verdict.ts'
import { AiSpec } from '../ai/upstream-ai.ts'
import { behaviours } from '../behaviours.ts'
import { defineGlooKind } from '../define-kind.ts'
import { ConnectionConfig } from './connection-config.ts'
import { Failover } from './failover.ts'
import { HealthCheck, OutlierDetection } from './health.ts'
import { KubeSpec } from './kube-spec.ts'
import { LoadBalancerConfig } from './load-balancer-config.ts'
import { UpstreamSslConfig } from './ssl-config.ts'
import { StaticSpec } from './static-spec.ts'
import { AwsEc2Spec, AwsSpec, AzureSpec, ConsulSpec, GcpSpec, PipeSpec } from './unserved-types.ts'

const notServed = 'only static, kube and ai Upstreams are served: this one is rejected'
const noProxy = 'upstreams are reached directly, without an HTTP proxy'
const windows = 'HTTP/2 windows are managed by the runtime'
const dns = 'names are resolved again after their time to live'
const preconnect = 'connections are made when requests come'
const breaks = <Schema extends object>(schema: Schema) =>
  honoured(behaviours.circuitBreakers, schema)

/** `Upstream` of projects/gloo/api/v1/upstream.proto. */
export const UpstreamSpec = object('What is behind the name.', {
  discoveryMetadata: object('Where the Upstream comes from.', {
    labels: informational(map('Labels of what was discovered.', text('A value.'))),
  }),
  sslConfig: UpstreamSslConfig,
  circuitBreakers: object('Limits over all hosts.', {
    maxConnections: breaks(count('Open connections; default 1024.')),
    maxPendingRequests: breaks(count('Requests that wait; default 1024.')),
    maxRequests: breaks(count('Requests under way; default 1024.')),
    maxRetries: breaks(count('Retries under way; default 3, of ai 1024.')),
    trackRemaining: ignored('metrics always show what is in use', flag('Whether to count.')),
  }),
  loadBalancerConfig: LoadBalancerConfig,
  healthChecks: list('Probes.', HealthCheck),
  outlierDetection: OutlierDetection,
  static: StaticSpec,
  kube: KubeSpec,
  pipe: ignored(notServed, PipeSpec),
  aws: ignored(notServed, AwsSpec),
  azure: ignored(notServed, AzureSpec),
  consul: ignored(notServed, ConsulSpec),
  awsEc2: ignored(notServed, AwsEc2Spec),
  gcp: ignored(notServed, GcpSpec),
  ai: AiSpec,
  failover: Failover,
  connectionConfig: ConnectionConfig,
  protocolSelection: honoured(
    behaviours.followProtocol,
    choice('Whose HTTP version is used.', ['USE_CONFIGURED_PROTOCOL', 'USE_DOWNSTREAM_PROTOCOL']),
  ),
  useHttp2: honoured(behaviours.http2, flag('Whether HTTP/2 is used.')),
  initialStreamWindowSize: ignored(windows, count('Bytes per stream.')),
  initialConnectionWindowSize: ignored(windows, count('Bytes per connection.')),
  maxConcurrentStreams: honoured(behaviours.http2, count('Streams per HTTP/2 connection.')),
  overrideStreamErrorOnInvalidHttpMessage: ignored(
    'a message that breaks the protocol ends its connection',
    flag('Whether it ends only the stream.'),
  ),
  httpProxyHostname: ignored(noProxy, text('Host for CONNECT.')),
  httpConnectSslConfig: ignored(noProxy, UpstreamSslConfig),
  httpConnectHeaders: list(
    'Headers for CONNECT.',
    object('A header.', {
      key: ignored(noProxy, text('Name.')),
      value: ignored(noProxy, text('Value.')),
    }),
  ),
  ignoreHealthOnHostRemoval: ignored(
    'a host that is removed gets no more requests, whatever its health',
    flag('Whether it is removed at once.'),
  ),
  respectDnsTtl: ignored(dns, flag('Whether the time to live of names counts.')),
  dnsRefreshRate: ignored(dns, duration('Time between look-ups.')),
  proxyProtocolVersion: ignored('connections begin without PROXY protocol', text('V1 or V2.')),
  preconnectPolicy: object('Connections made ahead.', {
    perUpstreamPreconnectRatio: ignored(preconnect, decimal('Per host.')),
    predictivePreconnectRatio: ignored(preconnect, decimal('Over all hosts.')),
  }),
  disableIstioAutoMtls: ignored('there is no Istio here', flag('Whether Istio’s TLS is off.')),
})
export type UpstreamSpec = Static<typeof UpstreamSpec>

/** Turns the verification of one Upstream's certificate off; docs/decisions says why it is an annotation. */
export const skipVerifyAnnotation = 'sluice.dev/insecure-skip-verify'

/** Lets endpoints of a model provider pass that Sluice does not know; otherwise they answer 404. */
export const unknownEndpointsAnnotation = 'sluice.dev/allow-unknown-endpoints'

/** What a server that speaks like OpenAI calls the limit of output tokens of a chat: `max_tokens` or `max_completion_tokens`. */
export const outputLimitAnnotation = 'sluice.dev/output-limit-field'

/** `gloo.solo.io/v1/Upstream`. */
export const upstream = defineGlooKind({
  kind: 'Upstream',
  plural: 'upstreams',
  shortNames: ['us', 'gus'],
  description: 'A service that routes can lead to.',
  spec: UpstreamSpec,
  annotations: [skipVerifyAnnotation, unknownEndpointsAnnotation, outputLimitAnnotation],
  adjust: warnOfAnnotations,
})

/** The GroupKind of Upstream. */
export const upstreamKind = { group: 'gloo.solo.io', kind: 'Upstream' } as const

/** What annotations of the value "true" do, and what stays as it is without it. */
const annotationEffects = {
  [skipVerifyAnnotation]: {
    on: 'the certificate of this upstream is not verified',
    off: 'the upstream is verified',
  },
  [unknownEndpointsAnnotation]: {
    on: 'the credential of this upstream is shown at endpoints that no policy can read',
    off: 'unknown endpoints answer 404',
  },
} as const

function warnOfAnnotations(object: KubeObject): Normalized {
  const warnings = Object.entries(annotationEffects).flatMap(([name, { on, off }]) => {
    const value = object.metadata.annotations?.[name]
    if (value === undefined) return []
    const warning =
      value === 'true' ? on : `only "true" has an effect, not ${JSON.stringify(value)}; ${off}`
    return [`metadata.annotations["${name}"]: ${warning}`]
  })
  return { object, warnings }
}
