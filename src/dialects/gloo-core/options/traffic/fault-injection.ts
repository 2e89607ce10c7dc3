import type { Origin } from '../../../../ir/origin.ts'
import type { FaultInjection } from '../../../../ir/policies/fault-injection.ts'
import { parseDuration } from '../../../../lib/time/duration.ts'
import type { RouteOptions } from '../../kinds/options/route-options.ts'
import type { PolicyResult } from '../failure.ts'
import { idOf, placeOf } from '../place.ts'
import { texts } from '../texts.ts'

type Faults = NonNullable<RouteOptions['faults']>

const isPercentage = (value: number) => value >= 0 && value <= 100

function findAbortError({ percentage = 0, httpStatus = 0 }: NonNullable<Faults['abort']>) {
  if (!isPercentage(percentage)) return `percentage ${percentage} is not between 0 and 100`
  return httpStatus < 200 || httpStatus >= 600 ? texts.abortStatus(httpStatus) : undefined
}

function findDelayError({ percentage = 0, fixedDelay = '<nil>' }: NonNullable<Faults['delay']>) {
  if (!isPercentage(percentage)) return `percentage ${percentage} is not between 0 and 100`
  const delayMs = parseDuration(fixedDelay)
  return delayMs === undefined || delayMs <= 0 ? texts.delayDuration(fixedDelay) : undefined
}

const findFaultsError = ({ abort, delay }: Faults) =>
  (abort && findAbortError(abort)) ?? (delay && findDelayError(delay))

/** Translates the `faults` that stand at `origin`. */
export function translateFaults(config: Faults, origin: Origin): PolicyResult<FaultInjection> {
  const error = findFaultsError(config)
  if (error !== undefined) {
    const advice = `faults (${placeOf(origin)}) are wrong: ${error}. Correct them.`
    return { policy: undefined, failures: [{ reason: `*faultinjection.Plugin: ${error}`, advice }] }
  }
  const { abort, delay } = config
  return {
    failures: [],
    policy: {
      type: 'fault-injection',
      id: `fault-injection/${idOf(origin)}`,
      origin,
      delay: delay && {
        percentage: delay.percentage ?? 0,
        delayMs: parseDuration(delay.fixedDelay ?? '0') ?? 0,
      },
      abort: abort && { percentage: abort.percentage ?? 0, status: abort.httpStatus ?? 0 },
    },
  }
}
