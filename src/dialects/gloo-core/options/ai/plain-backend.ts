import { isIP } from 'node:net'
import { type Backend, systemVerifiedTls } from '../../../../ir/backend.ts'
import type { Origin } from '../../../../ir/origin.ts'
import { createFindings } from '../../translate/findings.ts'
import {
  translateCircuitBreaker,
  translateConnection,
} from '../../translate/upstream/connection.ts'
import { draftEndpoint, nameEndpoints } from '../../translate/upstream/endpoints.ts'

/** Where a service is that no Upstream describes. */
export interface BackendPlace {
  readonly host: string
  readonly port: number
  readonly tls: boolean
}

/** The backend `id` of one host, with the defaults of an Upstream. */
export function createPlainBackend(
  id: string,
  { host, port, tls }: BackendPlace,
  origin: Origin,
): Backend {
  const serverName = tls && isIP(host) === 0 ? host : undefined
  return {
    id,
    name: `${host}:${port}`,
    origin,
    endpoints: nameEndpoints(id, [draftEndpoint({ host, port, serverName })]),
    protocol: 'http1',
    followClientProtocol: false,
    tls: tls ? systemVerifiedTls : undefined,
    loadBalancer: { type: 'round-robin' },
    connection: translateConnection({}, createFindings()),
    circuitBreaker: translateCircuitBreaker({}),
    outlierDetection: undefined,
    healthChecks: [],
    panicThresholdPercent: 50,
  }
}
