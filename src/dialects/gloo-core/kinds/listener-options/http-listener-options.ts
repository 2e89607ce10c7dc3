import type { Static } from 'typebox'
import { Type } from '../../../type.ts'
import { ignored } from '../../../verdict.ts'
import { later } from '../options/later.ts'
import { ignoredTree, missingProtection } from '../options/scalars.ts'
import { HttpConnectionManagerSettings } from './http-connection-manager.ts'

const flag = (reason: string) => ignored(reason, Type.Optional(Type.Boolean()))

/** `HttpListenerOptions` of projects/gloo/api/v1/http_listener_options.proto. */
export const HttpListenerOptions = Type.Object({
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
export type HttpListenerOptions = Static<typeof HttpListenerOptions>
