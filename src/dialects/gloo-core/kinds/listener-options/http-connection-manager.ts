import type { Static } from 'typebox'
import { Type } from '../../../type.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { choice, duration, ignoredText, ignoredTree, uint32 } from '../fields/scalars.ts'
import { unserved } from '../fields/unserved.ts'
import { ProtocolUpgrade } from '../options/route-options.ts'

const flag = (reason: string) => ignored(reason, Type.Optional(Type.Boolean()))
const time = (reason: string) => ignored(reason, Type.Optional(duration()))
const number = (reason: string) => ignored(reason, Type.Optional(uint32()))
const oneOf = (reason: string, values: readonly string[]) =>
  ignored(reason, Type.Optional(choice(values)))

const certificateHeader = 'client certificates are not passed on in headers'
const connectionTime = 'connections end by idle time only'

/** `HttpConnectionManagerSettings` of projects/gloo/api/v1/options/hcm/hcm.proto. */
export const HttpConnectionManagerSettings = Type.Object({
  skipXffAppend: flag('x-forwarded-for follows useRemoteAddress'),
  via: ignoredText('no via header is added'),
  xffNumTrustedHops: honoured(behaviours.connectionSettings, Type.Optional(uint32())),
  useRemoteAddress: honoured(behaviours.connectionSettings, Type.Optional(Type.Boolean())),
  generateRequestId: flag('every request has an x-request-id'),
  proxy100Continue: flag('the gateway answers 100-continue itself'),
  streamIdleTimeout: honoured(behaviours.connectionSettings, Type.Optional(duration())),
  idleTimeout: honoured(behaviours.connectionSettings, Type.Optional(duration())),
  maxRequestHeadersKb: honoured(
    behaviours.connectionSettings,
    Type.Optional(Type.Integer({ minimum: 1, maximum: 8192 })),
  ),
  requestTimeout: time('uploads are ended by idle time only'),
  requestHeadersTimeout: honoured(behaviours.connectionSettings, Type.Optional(duration())),
  drainTimeout: time('the grace period is set for the whole process'),
  delayedCloseTimeout: time('connections are closed as Node does'),
  serverName: honoured(behaviours.connectionSettings, Type.Optional(Type.String())),
  stripAnyHostPort: flag('the port of the host is disregarded where no domain carries one'),
  acceptHttp10: flag('HTTP/1.0 with a host header is accepted'),
  defaultHostForHttp10: ignoredText('requests need a host header'),
  allowChunkedLength: flag('a request with both lengths is refused, as it is a smuggling attempt'),
  enableTrailers: flag('trailers are passed on'),
  properCaseHeaderKeyFormat: flag('header names are lower-case'),
  preserveCaseHeaderKeyFormat: flag('header names are lower-case'),
  tracing: ignoredTree(unserved.tracing),
  forwardClientCertDetails: oneOf(certificateHeader, [
    'SANITIZE',
    'FORWARD_ONLY',
    'APPEND_FORWARD',
    'SANITIZE_SET',
    'ALWAYS_FORWARD_ONLY',
  ]),
  setCurrentClientCertDetails: ignoredTree(certificateHeader),
  preserveExternalRequestId: flag('an x-request-id of the client is kept'),
  upgrades: Type.Optional(Type.Array(ProtocolUpgrade)),
  maxConnectionDuration: time(connectionTime),
  maxStreamDuration: time('streams are ended by the timeout of their route'),
  maxHeadersCount: number('headers are limited by their bytes'),
  headersWithUnderscoresAction: oneOf('headers with underscores are passed on', [
    'ALLOW',
    'REJECT_CLIENT_REQUEST',
    'DROP_HEADER',
  ]),
  maxRequestsPerConnection: number(connectionTime),
  serverHeaderTransformation: oneOf('the server header is always written', [
    'OVERWRITE',
    'APPEND_IF_ABSENT',
    'PASS_THROUGH',
  ]),
  pathWithEscapedSlashesAction: oneOf('escaped slashes are kept', [
    'IMPLEMENTATION_SPECIFIC_DEFAULT',
    'KEEP_UNCHANGED',
    'REJECT_REQUEST',
    'UNESCAPE_AND_REDIRECT',
    'UNESCAPE_AND_FORWARD',
  ]),
  codecType: oneOf('HTTP/1.1 and HTTP/2 are recognised by what the client sends', [
    'AUTO',
    'HTTP1',
    'HTTP2',
  ]),
  mergeSlashes: honoured(behaviours.connectionSettings, Type.Optional(Type.Boolean())),
  normalizePath: honoured(behaviours.connectionSettings, Type.Optional(Type.Boolean())),
  uuidRequestIdConfig: ignoredTree('request ids are random UUIDs'),
  http2ProtocolOptions: ignoredTree('HTTP/2 limits are set for the whole process'),
  internalAddressConfig: ignoredTree('no address counts as internal'),
  appendXForwardedPort: flag('x-forwarded-port is not added'),
  earlyHeaderManipulation: ignoredTree('headers are not changed before the route is chosen'),
})
export type HttpConnectionManagerSettings = Static<typeof HttpConnectionManagerSettings>
