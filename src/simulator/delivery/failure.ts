import type { HeaderList } from '../../lib/http/header-list.ts'
import { InvalidDemandError } from '../invalid-demand-error.ts'

/** A failure on demand. */
export type Failure =
  /** The provider's own error for this status. */
  | {
      readonly type: 'status'
      readonly status: number
      readonly retryAfterSeconds: number | undefined
    }
  /**
   * `reset` breaks the connection, `stall` goes silent, `cut` ends it too early. `afterEvents` events of a stream
   * are sent before; undefined: not even the head (`reset`, `stall`), or half of the answer (`cut`).
   */
  | {
      readonly type: 'reset' | 'stall' | 'cut'
      readonly afterEvents: number | undefined
    }

/** What a request's `x-simulate-…` headers ask for. */
export interface RequestedBehaviour {
  readonly failure: Failure | undefined
  readonly wantedTokens: number | undefined
  readonly timeToFirstTokenMs: number | undefined
  readonly interTokenLatencyMs: number | undefined
}

/** Reads the `x-simulate-…` headers; throws {@link InvalidDemandError} when one of them has no meaning. */
export function readRequestedBehaviour(headers: HeaderList): RequestedBehaviour {
  const number = (name: string) => readNumber(name, headers.get(name))
  const spec = {
    status: number('x-simulate-status'),
    failure: headers.get('x-simulate-failure'),
    retryAfter: number('x-simulate-retry-after'),
    afterEvents: number('x-simulate-after-events'),
  }
  const asksForFailure = spec.status !== undefined || spec.failure !== undefined
  return {
    failure: asksForFailure ? createFailure(spec) : undefined,
    wantedTokens: number('x-simulate-tokens'),
    timeToFirstTokenMs: number('x-simulate-time-to-first-token'),
    interTokenLatencyMs: number('x-simulate-inter-token-latency'),
  }
}

/** Makes a failure from the parts that a header or a control call names. */
export function createFailure(spec: {
  readonly status: number | undefined
  readonly failure: string | undefined
  readonly retryAfter: number | undefined
  readonly afterEvents: number | undefined
}): Failure {
  const { status, failure, retryAfter, afterEvents } = spec
  if (failure === 'reset' || failure === 'stall' || failure === 'cut') {
    return { type: failure, afterEvents }
  }
  if (failure !== undefined) {
    throw new InvalidDemandError(
      `failure ${JSON.stringify(failure)} is unknown; use reset, stall or cut`,
    )
  }
  if (status === undefined || status < 400 || status > 599) {
    throw new InvalidDemandError('status must be a number from 400 to 599')
  }
  return {
    type: 'status',
    status,
    retryAfterSeconds: retryAfter ?? (status === 429 ? 1 : undefined),
  }
}

function readNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,7}$/.test(text)) return Number(text)
  throw new InvalidDemandError(`header ${name} must be a whole number, not ${JSON.stringify(text)}`)
}
