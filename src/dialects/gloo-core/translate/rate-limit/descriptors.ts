import type { LimitNode, LimitSet, RequestLimit } from '../../../../ir/policies/rate-limit.ts'
import { maxDescriptorDepth } from '../../kinds/rate-limit/limit-fields.ts'
import type {
  LimitPerUnit,
  RateLimitDescriptor,
  SetDescriptor,
} from '../../kinds/rate-limit/limit-spec.ts'

const windows = { SECOND: 'second', MINUTE: 'minute', HOUR: 'hour', DAY: 'day' } as const

/** Reads a limit; what is wrong with it is added to `errors`. */
export function translateLimit(
  limit: LimitPerUnit | undefined,
  place: string,
  errors: string[],
): RequestLimit | undefined {
  if (limit === undefined) return undefined
  const { unit = 'UNKNOWN', requestsPerUnit = 0 } = limit
  if (unit === 'UNKNOWN') {
    errors.push(`${place}.unit must be SECOND, MINUTE, HOUR or DAY`)
    return undefined
  }
  return { requests: requestsPerUnit, window: windows[unit] }
}

/** Reads the tree of descriptors that stands at `place`. */
export function translateDescriptors(
  descriptors: readonly RateLimitDescriptor[],
  place: string,
  errors: string[],
  depth = 1,
): readonly LimitNode[] {
  if (depth > maxDescriptorDepth && descriptors.length > 0) {
    errors.push(`${place} nest deeper than ${maxDescriptorDepth}`)
    return []
  }
  return descriptors.map((descriptor, index) => {
    const here = `${place}[${index}]`
    const { key = '', value = '', weight = 0, alwaysApply = false } = descriptor
    if (key === '') errors.push(`${here}.key must be set`)
    return {
      key,
      value: value === '' ? undefined : value,
      limit: translateLimit(descriptor.rateLimit, `${here}.rateLimit`, errors),
      weight,
      alwaysApply,
      children: translateDescriptors(
        descriptor.descriptors ?? [],
        `${here}.descriptors`,
        errors,
        depth + 1,
      ),
    }
  })
}

/** Reads the sets that stand at `place`. */
export function translateSetDescriptors(
  sets: readonly SetDescriptor[],
  place: string,
  errors: string[],
): readonly LimitSet[] {
  return sets.map(({ simpleDescriptors = [], rateLimit, alwaysApply = false }, index) => {
    const here = `${place}[${index}]`
    const entries = simpleDescriptors.map(({ key = '', value = '' }, at) => {
      if (key === '') errors.push(`${here}.simpleDescriptors[${at}].key must be set`)
      return { key, value: value === '' ? undefined : value }
    })
    return { entries, limit: translateLimit(rateLimit, `${here}.rateLimit`, errors), alwaysApply }
  })
}
