import { gatewayError } from '../../errors/gateway-error.ts'
import type { FaultInjection } from '../../ir/policies/fault-injection.ts'
import type { PolicyModule } from '../policy.ts'
import { waitFor } from './wait-for.ts'

/** Delays a share of the requests, then aborts a share of them. */
export const faultInjection: PolicyModule<FaultInjection> = {
  type: 'fault-injection',

  compile({ delay, abort }, { random }) {
    const hits = (percentage: number) => random() * 100 < percentage
    const abortion = () =>
      abort !== undefined && hits(abort.percentage)
        ? gatewayError('fault-injected', 'fault filter abort', { status: abort.status })
        : undefined
    return {
      type: 'fault-injection',

      onRequestHead({ signal }) {
        if (delay === undefined || !hits(delay.percentage)) return abortion()
        return waitFor(delay.delayMs, signal).then(abortion)
      },
    }
  },
}
