import type {
  DescriptorEntry,
  LimitCounting,
  LimitNode,
  RateLimit,
  RateLimitRules,
  RequestLimit,
} from '../../../ir/policies/rate-limit.ts'
import { HeaderList } from '../../../lib/http/header-list.ts'
import type { CompiledPolicy, PolicyServices, RequestContext } from '../../policy.ts'
import { policyServices, requestContext, testOrigin } from '../../testing/context.ts'
import { rateLimit } from '../index.ts'

/** Every request counts one. */
export const requestsOnly: LimitCounting = {
  unit: 'requests',
  reserve: false,
  defaultOutputTokens: 1,
  prices: [],
}

/** A limit per hour. */
export const perHour = (requests: number): RequestLimit => ({ requests, window: 'hour' })

/** A node of the tree. */
export function node(
  key: string,
  value: string | undefined,
  rest: Partial<LimitNode> = {},
): LimitNode {
  return { key, value, limit: undefined, weight: 0, alwaysApply: false, children: [], ...rest }
}

/** An entry with the value of the header of its name. */
export const header = (key: string): DescriptorEntry => ({ type: 'header', key, header: key })
/** An entry that is always the same. */
export const literal = (key: string, value: string): DescriptorEntry => ({
  type: 'literal',
  key,
  value,
})
/** A lookup in the tree. */
export const lookup = (...path: DescriptorEntry[]) => ({
  path,
  set: undefined,
  override: undefined,
})

/** A policy with one set of rules. */
export function compile(
  rules: Partial<RateLimitRules>,
  { services, ...config }: Partial<RateLimit> & { services?: Partial<PolicyServices> } = {},
): CompiledPolicy {
  const whole = {
    ...{ origin: testOrigin, counterScope: 'scope', tree: [], sets: [], lookups: [] },
    counting: requestsOnly,
    ...rules,
  }
  const compiled = rateLimit.compile(
    {
      type: 'rate-limit',
      id: 'limits',
      origin: testOrigin,
      stage: 'regular',
      rules: [whole],
      denyOnFailure: false,
      responseHeaders: false,
      ...config,
    },
    policyServices(services),
  )
  if ('code' in compiled) throw new Error(compiled.message)
  return compiled
}

/** A request with these headers. */
export const withHeaders = (headers: Record<string, string>, parts: Partial<RequestContext> = {}) =>
  requestContext({ headers: new HeaderList(Object.entries(headers).flat()), ...parts })

/** How many of 10 such requests pass. */
export function passes(policy: CompiledPolicy, context: RequestContext): number {
  let count = 0
  for (let index = 0; index < 10; index += 1) {
    if (policy.onRequestHead?.(context) === undefined) count += 1
  }
  return count
}
