import type { HttpRouteRule } from '../../../kinds/specs/http-route-spec.ts'
import type { FilterLayer } from '../translate-rule.ts'
import type { Delegator } from './delegator.ts'

/** Time limits, retries and sessions of a rule: those of the outermost delegator that has them stand. */
export function inheritRule(own: HttpRouteRule, delegators: readonly Delegator[]): HttpRouteRule {
  const rules = [own, ...delegators.map(({ rule }) => rule)]
  const timeouts = rules.findLast((rule) => rule.timeouts !== undefined)?.timeouts
  const retry = rules.findLast((rule) => rule.retry !== undefined)?.retry
  const sessionPersistence = rules.findLast(
    (rule) => rule.sessionPersistence !== undefined,
  )?.sessionPersistence
  return {
    ...own,
    ...(timeouts === undefined ? {} : { timeouts }),
    ...(retry === undefined ? {} : { retry }),
    ...(sessionPersistence === undefined ? {} : { sessionPersistence }),
  }
}

/**
 * The filters of a rule and of its delegators, outermost first. A filter stands in the place of those of its
 * type further in. Extensions add up: the dialects that own them decide what they mean together.
 */
export function inheritFilters(
  own: FilterLayer,
  delegators: readonly Delegator[],
): readonly FilterLayer[] {
  const outer = delegators.toReversed().map(
    ({ rule: { filters = [] }, place }): FilterLayer => ({
      ...{ filters, place, hasBackends: true },
    }),
  )
  const taken = new Set<string>()
  return [...outer, own].map((layer) => {
    const filters = layer.filters.filter(({ type }) => !taken.has(type))
    for (const { type } of filters) if (type !== 'ExtensionRef') taken.add(type)
    return { ...layer, filters }
  })
}
