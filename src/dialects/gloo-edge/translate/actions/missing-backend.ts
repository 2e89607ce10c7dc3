import type { Backend } from '../../../../ir/backend.ts'
import type { Origin } from '../../../../ir/origin.ts'
import { createFindings } from '../../../gloo-core/translate/findings.ts'
import {
  translateCircuitBreaker,
  translateConnection,
} from '../../../gloo-core/translate/upstream/connection.ts'

/**
 * Stands in for a weighted destination that does not exist: it has no endpoint, so its share of the requests
 * is answered 503 while the other destinations work.
 */
export const createMissingBackend = (name: string, origin: Origin): Backend => ({
  id: `gloo-edge/missing/${name}`,
  name,
  origin,
  endpoints: [],
  protocol: 'http1',
  followClientProtocol: false,
  tls: undefined,
  loadBalancer: { type: 'round-robin' },
  connection: translateConnection({}, createFindings()),
  circuitBreaker: translateCircuitBreaker({}),
  outlierDetection: undefined,
  healthChecks: [],
  panicThresholdPercent: 0,
})
