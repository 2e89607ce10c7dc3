import type { Static } from 'typebox'
import { later } from '../../../gloo-core/kinds/options/later.ts'
import {
  ignoredRef,
  ignoredTree,
  missingProtection,
  resourceRef,
  selectorExpression,
} from '../../../gloo-core/kinds/options/scalars.ts'
import { Type } from '../../../type.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { HttpConnectionManagerSettings } from './http-connection-manager.ts'

const flag = (reason: string) => ignored(reason, Type.Optional(Type.Boolean()))

/** `HttpListenerOptions` of projects/gloo/api/v1/http_listener_options.proto. */
const HttpListenerOptions = Type.Object({
  grpcWeb: ignoredTree('gRPC-Web is passed on as it is'),
  httpConnectionManagerSettings: Type.Optional(HttpConnectionManagerSettings),
  healthCheck: ignoredTree('the health of the gateway is asked on its admin port'),
  extensions: ignoredTree(later.extensions),
  waf: missingProtection(later.waf),
  dlp: ignoredTree(later.dlp),
  wasm: ignoredTree(later.extensions),
  extauth: ignoredTree('no authoriser is asked; what asks for one by its extauth is not served'),
  ratelimitServer: ignoredTree('the ratelimitServer of the settings decides for every gateway'),
  caching: ignoredTree('answers are not cached'),
  disableExtProcEarly: flag(later.extProc),
  extProcEarly: ignoredTree(later.extProc),
  disableExtProc: flag(later.extProc),
  extProc: ignoredTree(later.extProc),
  disableExtProcLate: flag(later.extProc),
  extProcLate: ignoredTree(later.extProc),
  gzip: ignoredTree('answers are not compressed by the gateway'),
  proxyLatency: ignoredTree('latency is in the metrics and not in headers'),
  buffer: ignoredTree(later.buffer),
  csrf: ignoredTree(later.csrf),
  grpcJsonTranscoder: ignoredTree('JSON is not turned into gRPC'),
  sanitizeClusterHeader: flag('upstreams are never chosen by a header'),
  leftmostXffAddress: flag('the client address follows xffNumTrustedHops'),
  dynamicForwardProxy: ignoredTree('requests go to configured upstreams only'),
  connectionLimit: ignoredTree('connections are limited by the process'),
  networkLocalRatelimit: ignoredTree(later.rateLimit),
  httpLocalRatelimit: ignoredTree(later.rateLimit),
  router: ignoredTree('the headers that Envoy adds are always sent to upstreams'),
  tap: ignoredTree('requests are not recorded'),
  statefulSession: ignoredTree('sessions are not bound to endpoints'),
  headerValidationSettings: ignoredTree('requests are always validated strictly'),
})

/** `HttpGateway` of projects/gateway/api/v1/http_gateway.proto. */
export const HttpGateway = Type.Object({
  virtualServices: Type.Optional(Type.Array(resourceRef(behaviours.gatewaySelection))),
  virtualServiceSelector: honoured(
    behaviours.gatewaySelection,
    Type.Optional(
      Type.Unsafe<Readonly<Record<string, string>>>({
        type: 'object',
        additionalProperties: { type: 'string' },
      }),
    ),
  ),
  virtualServiceExpressions: Type.Optional(
    Type.Object({
      expressions: Type.Optional(Type.Array(selectorExpression(behaviours.gatewaySelection))),
    }),
  ),
  virtualServiceNamespaces: honoured(
    behaviours.gatewaySelection,
    Type.Optional(Type.Array(Type.String())),
  ),
  options: Type.Optional(HttpListenerOptions),
  optionsConfigRefs: Type.Optional(
    Type.Object({
      delegateOptions: Type.Optional(
        Type.Array(ignoredRef('options of listeners are read from the Gateway itself')),
      ),
    }),
  ),
})
export type HttpGateway = Static<typeof HttpGateway>
