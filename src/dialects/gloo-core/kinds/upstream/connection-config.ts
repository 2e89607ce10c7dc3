import type { Static } from 'typebox'
import { choice, count, duration, flag, object } from '../../../field.ts'
import { approximated, honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'

const kernel = 'the operating system decides how often it probes'
const framing =
  'HTTP/1.1 is always framed strictly and header names keep the form that clients sent'

/** `ConnectionConfig` of projects/gloo/api/v1/connection.proto. */
export const ConnectionConfig = object('How connections to the upstream are made and kept.', {
  maxRequestsPerConnection: honoured(
    behaviours.connectionLimits,
    count('Requests after which a connection is closed; 0 is no limit.'),
  ),
  connectTimeout: honoured(
    behaviours.connectTimeout,
    duration('How long making a connection may take; default 5s.'),
  ),
  tcpKeepalive: object('Probes on silent connections.', {
    keepaliveProbes: ignored(kernel, count('Failed probes that end a connection.')),
    keepaliveTime: approximated(
      'rounded up to whole seconds, as the operating system counts',
      behaviours.connectionLimits,
      duration('Silence before the first probe.'),
    ),
    keepaliveInterval: ignored(kernel, duration('Time between probes.')),
  }),
  perConnectionBufferLimitBytes: ignored(
    'streams are passed on as they come, with the buffers of the runtime',
    count('Bytes held per connection.'),
  ),
  commonHttpProtocolOptions: object('Options of every HTTP version.', {
    idleTimeout: honoured(
      behaviours.connectionLimits,
      duration('Idle time after which a connection is closed.'),
    ),
    maxHeadersCount: honoured(
      behaviours.connectionLimits,
      count('Headers that an answer may have.'),
    ),
    maxStreamDuration: ignored(
      'a time-out belongs to the route',
      duration('How long a stream may live.'),
    ),
    headersWithUnderscoresAction: ignored(
      'headers with underscores are passed on',
      choice('What happens to headers with underscores.', [
        'ALLOW',
        'REJECT_REQUEST',
        'DROP_HEADER',
      ]),
    ),
  }),
  http1ProtocolOptions: object('Options of HTTP/1.1.', {
    enableTrailers: ignored(framing, flag('Whether trailers are passed on.')),
    properCaseHeaderKeyFormat: ignored(framing, flag('Whether header names are capitalised.')),
    preserveCaseHeaderKeyFormat: ignored(framing, flag('Whether header names keep their case.')),
    overrideStreamErrorOnInvalidHttpMessage: ignored(
      framing,
      flag('Whether errors end only a stream.'),
    ),
  }),
})
export type ConnectionConfig = Static<typeof ConnectionConfig>
