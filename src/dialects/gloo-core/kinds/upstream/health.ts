import type { Static } from 'typebox'
import { choice, count, duration, flag, free, integer, list, object, text } from '../../../field.ts'
import { approximated, honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'

const probes = <Schema extends object>(schema: Schema) => honoured(behaviours.healthChecks, schema)
const steady = 'probes are sent at the plain interval'
const plain = 'probes carry no headers or payload of their own'
const notSpoken = 'only http and tcp probes are sent'

const methods = [
  'METHOD_UNSPECIFIED',
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
] as const

const httpHealthCheck = object('A probe by HTTP.', {
  host: probes(text('Host header of the probe; the address of the host by default.')),
  path: probes(text('Path of the probe.')),
  serviceName: ignored('the answer is judged by its status alone', text('Name expected.')),
  requestHeadersToAdd: ignored(plain, list('Headers of the probe.', free('A header.'))),
  requestHeadersToRemove: ignored(plain, list('Headers left out.', text('A header.'))),
  useHttp2: ignored('probes use HTTP/1.1', flag('Whether the probe uses HTTP/2.')),
  expectedStatuses: list(
    'Statuses of a healthy host; default 200.',
    object('A range.', {
      start: probes(integer('First status.')),
      end: probes(integer('Status after the last.')),
    }),
  ),
  responseAssertions: ignored(
    'the answer is judged by its status alone',
    free('Conditions on the answer.'),
  ),
  method: probes(choice('Method of the probe; default GET.', methods)),
})

/** `HealthCheck` of projects/gloo/api/external/envoy/api/v2/core/health_check.proto. */
export const HealthCheck = object('A probe that is sent to every host.', {
  timeout: probes(duration('How long an answer may take; needed.')),
  interval: probes(duration('Time between probes; needed.')),
  initialJitter: probes(duration('Random delay before the first probe.')),
  intervalJitter: probes(duration('Random addition to the interval.')),
  intervalJitterPercent: probes(count('Random addition in percent.')),
  unhealthyThreshold: probes(
    count(
      'Failed connections and time-outs in a row that make a host unhealthy; an unexpected status does so at once.',
    ),
  ),
  healthyThreshold: probes(
    count('Successes in a row that make it healthy again; the first probe of all needs only one.'),
  ),
  reuseConnection: ignored('every probe makes a connection', flag('Whether connections are kept.')),
  httpHealthCheck,
  tcpHealthCheck: approximated(
    'a connection that is taken counts as healthy; nothing is sent or read',
    behaviours.healthChecks,
    object('A probe by TCP.', {
      send: free('What is sent.'),
      receive: list('What must come back.', free('One part.')),
    }),
  ),
  grpcHealthCheck: ignored(notSpoken, free('A probe by gRPC.')),
  customHealthCheck: ignored(notSpoken, free('A probe by an extension.')),
  noTrafficInterval: ignored(steady, duration('Interval while there is no traffic.')),
  unhealthyInterval: ignored(steady, duration('Interval while unhealthy.')),
  unhealthyEdgeInterval: ignored(steady, duration('Interval after the first failure.')),
  healthyEdgeInterval: ignored(steady, duration('Interval after the first success.')),
  eventLogPath: ignored('changes of health are in the log', text('File of events.')),
  alwaysLogHealthCheckFailures: ignored(
    'changes of health are in the log',
    flag('Whether every failure is logged.'),
  ),
})
export type HealthCheck = Static<typeof HealthCheck>

const acts = <Schema extends object>(schema: Schema) =>
  honoured(behaviours.outlierDetection, schema)
const statistics = 'hosts are judged by consecutive failures, not by statistics'
const wholly = 'zero turns the condition off, every other share counts as 100'
const percent = (description: string) => count(description, { maximum: 100 })
const enforcing = (description: string) =>
  approximated(wholly, behaviours.outlierDetection, percent(description))

/** `OutlierDetection` of projects/gloo/api/external/envoy/api/v2/cluster/outlier_detection.proto. */
export const OutlierDetection = object('When a host that fails is left out.', {
  consecutive5xx: acts(count('Consecutive 5xx answers; default 5.')),
  interval: acts(duration('Time between looks at the hosts; default 10s.')),
  baseEjectionTime: acts(duration('How long a host is left out the first time; default 30s.')),
  maxEjectionPercent: acts(percent('Share of hosts that may be left out; default 10.')),
  enforcingConsecutive5xx: enforcing('How often that condition counts; default 100.'),
  enforcingSuccessRate: ignored(statistics, percent('How often it counts.')),
  successRateMinimumHosts: ignored(statistics, count('Hosts needed.')),
  successRateRequestVolume: ignored(statistics, count('Requests needed.')),
  successRateStdevFactor: ignored(statistics, count('Deviation in thousandths.')),
  consecutiveGatewayFailure: acts(count('Consecutive 502, 503 and 504 answers; default 5.')),
  enforcingConsecutiveGatewayFailure: enforcing('How often that condition counts; default 0.'),
  splitExternalLocalOriginErrors: ignored(
    'failed connections count as gateway failures',
    flag('Whether failed connections are counted apart.'),
  ),
  consecutiveLocalOriginFailure: ignored(
    'failed connections count as gateway failures',
    count('Consecutive failed connections.'),
  ),
  enforcingConsecutiveLocalOriginFailure: ignored(
    'failed connections count as gateway failures',
    percent('How often that condition counts.'),
  ),
  enforcingLocalOriginSuccessRate: ignored(statistics, percent('How often it counts.')),
})
export type OutlierDetection = Static<typeof OutlierDetection>
