import { gatewayError } from '../../../errors/gateway-error.ts'
import type { UpstreamFailure } from '../../upstream/upstream-client.ts'

/** The failure of a try that has taken too long. */
export function timeoutFailure(): UpstreamFailure {
  return {
    error: gatewayError('upstream-timeout', 'upstream request timeout'),
    beforeSending: false,
    staleConnection: false,
  }
}
