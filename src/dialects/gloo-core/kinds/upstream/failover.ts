import type { Static, TSchema } from 'typebox'
import { count, free, list, map, object, text } from '../../../field.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { UpstreamSslConfig } from './ssl-config.ts'

const acts = <Schema extends object>(schema: Schema) => honoured(behaviours.failover, schema)
const places = 'endpoints are chosen by priority and weight, not by place'
const oneProbe = 'a health check asks the same host and port that requests go to'

const ofUpstream =
  'TLS is spoken as the sslConfig of the Upstream says; only the sni is the endpoint’s own'

const ignoreEach = <Fields extends Record<string, TSchema>>(fields: Fields) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, ignored(ofUpstream, field)]),
  ) as Record<string, TSchema> as Fields

const EndpointSslConfig = object('TLS to this endpoint.', {
  ...ignoreEach(UpstreamSslConfig.properties),
  sni: acts(text('Server name for this endpoint.')),
})

const LbEndpoint = object('A place where the service is.', {
  address: acts(text('DNS name or IP address.')),
  port: acts(count('Port.', { maximum: 65_535 })),
  healthCheckConfig: object('What a health check of it asks for.', {
    portValue: ignored(oneProbe, count('Another port.')),
    hostname: ignored(oneProbe, text('Another host.')),
    path: honoured(behaviours.healthChecks, text('Path of the probe.')),
    method: honoured(behaviours.healthChecks, text('Method of the probe.')),
  }),
  upstreamSslConfig: EndpointSslConfig,
  loadBalancingWeight: acts(count('Share beside the others.', { minimum: 1 })),
  metadata: ignored('nothing reads host metadata', map('Free data.', free('Data of one reader.'))),
})

/** `Failover` of projects/gloo/api/v1/failover.proto. */
export const Failover = object('Where requests go while the hosts of the Upstream are unhealthy.', {
  prioritizedLocalities: list(
    'Priorities, the first one first.',
    object('One priority.', {
      localityEndpoints: list(
        'Endpoints by place.',
        object('One place.', {
          locality: object('Where it is.', {
            region: ignored(places, text('Region.')),
            zone: ignored(places, text('Zone.')),
            subZone: ignored(places, text('Part of the zone.')),
          }),
          lbEndpoints: list('The endpoints.', LbEndpoint),
          loadBalancingWeight: ignored(places, count('Share of the place.')),
        }),
      ),
    }),
  ),
  policy: object('How priorities share requests.', {
    overprovisioningFactor: ignored(
      'a priority takes over when no endpoint before it is healthy',
      count('Share of healthy hosts that is enough, in percent.'),
    ),
  }),
})
export type Failover = Static<typeof Failover>
