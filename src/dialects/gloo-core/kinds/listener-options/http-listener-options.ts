import type { Static } from 'typebox'
import { Type } from '../../../type.ts'
import { ignored } from '../../../verdict.ts'
import { ignoredTree, missingProtection } from '../fields/scalars.ts'
import { unserved } from '../fields/unserved.ts'
import { HttpConnectionManagerSettings } from './http-connection-manager.ts'

const flag = (reason: string) => ignored(reason, Type.Optional(Type.Boolean()))

/** `HttpListenerOptions` of projects/gloo/api/v1/http_listener_options.proto. */
export const HttpListenerOptions = Type.Object({
  grpcWeb: ignoredTree('gRPC-Web is passed on as it is'),
  httpConnectionManagerSettings: Type.Optional(HttpConnectionManagerSettings),
  healthCheck: ignoredTree('the health of the gateway is asked on its admin port'),
  extensions: ignoredTree(unserved.extensions),
  waf: missingProtection(unserved.waf),
  dlp: ignoredTree(unserved.dlp),
  wasm: ignoredTree(unserved.extensions),
  extauth: ignoredTree('no authoriser is asked; what asks for one by its extauth is not served'),
  ratelimitServer: ignoredTree('the ratelimitServer of the settings decides for every gateway'),
  caching: ignoredTree('answers are not cached'),
  disableExtProcEarly: flag(unserved.extProc),
  extProcEarly: ignoredTree(unserved.extProc),
  disableExtProc: flag(unserved.extProc),
  extProc: ignoredTree(unserved.extProc),
  disableExtProcLate: flag(unserved.extProc),
  extProcLate: ignoredTree(unserved.extProc),
  gzip: ignoredTree('answers are not compressed by the gateway'),
  proxyLatency: ignoredTree('latency is in the metrics and not in headers'),
  buffer: ignoredTree(unserved.buffer),
  csrf: ignoredTree(unserved.csrf),
  grpcJsonTranscoder: ignoredTree('JSON is not turned into gRPC'),
  sanitizeClusterHeader: flag('upstreams are never chosen by a header'),
  leftmostXffAddress: flag('the client address follows xffNumTrustedHops'),
  dynamicForwardProxy: ignoredTree('requests go to configured upstreams only'),
  connectionLimit: ignoredTree('connections are limited by the process'),
  networkLocalRatelimit: ignoredTree(unserved.rateLimit),
  httpLocalRatelimit: ignoredTree(unserved.rateLimit),
  router: ignoredTree('the headers that Envoy adds are always sent to upstreams'),
  tap: ignoredTree('requests are not recorded'),
  statefulSession: ignoredTree('sessions are not bound to endpoints'),
  headerValidationSettings: ignoredTree('requests are always validated strictly'),
})
export type HttpListenerOptions = Static<typeof HttpListenerOptions>
