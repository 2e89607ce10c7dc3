import type { Static } from 'typebox'
import { count, flag, free, list, map, object, text } from '../../../field.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { serviceSpec } from './service-spec.ts'

const Host = object('A place where the service is.', {
  addr: honoured(behaviours.staticHosts, text('DNS name or IP address.')),
  port: honoured(behaviours.staticHosts, count('Port.', { maximum: 65_535 })),
  sniAddr: honoured(behaviours.serverName, text('Server name of the handshake with this host.')),
  loadBalancingWeight: honoured(
    behaviours.weights,
    count('Share of the requests beside the other hosts.', { minimum: 1 }),
  ),
  healthCheckConfig: object('What a health check of this host asks for.', {
    path: honoured(behaviours.healthChecks, text('Path instead of that of the health check.')),
    method: honoured(behaviours.healthChecks, text('Method instead of that of the health check.')),
  }),
  metadata: ignored('nothing reads host metadata', map('Free data.', free('Data of one reader.'))),
})

/** `UpstreamSpec` of projects/gloo/api/v1/options/static/static.proto. */
export const StaticSpec = object('Hosts that are listed here.', {
  hosts: list('The hosts; at least one.', Host),
  useTls: honoured(
    behaviours.useTls,
    flag('Whether TLS is spoken; by default when a host has port 443.'),
  ),
  autoSniRewrite: honoured(
    behaviours.serverName,
    flag('Whether the server name of the handshake is the address of the host; default true.'),
  ),
  serviceSpec,
})
export type StaticSpec = Static<typeof StaticSpec>
