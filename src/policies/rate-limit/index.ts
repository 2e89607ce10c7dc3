import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { Origin } from '../../ir/origin.ts'
import type { RateLimit } from '../../ir/rate-limit.ts'
import type { CounterTotal } from '../../limits/counter-store.ts'
import type { PolicyModule, PolicyServices, RequestContext } from '../policy.ts'
import { compileRules, type HitCollector, type LimitedHit } from './compile-rules.ts'
import { createLimitHeaders, type LimitHeaders } from './limit-headers.ts'

const nameOf = ({ kind, namespace, name }: Origin) => `${kind} ${namespace}/${name}`

/** Counts requests in fixed windows and refuses those above a limit. */
export const rateLimit: PolicyModule<RateLimit> = {
  type: 'rate-limit',

  compile(config, services) {
    const collectors: HitCollector[] = []
    for (const rules of config.rules) {
      const collector = compileRules(rules)
      if (typeof collector !== 'function') {
        return gatewayError('configuration-error', `${nameOf(rules.origin)}: ${collector.message}`)
      }
      collectors.push(collector)
    }
    const limiter = new Limiter(config, services, collectors)
    const policy = {
      type: 'rate-limit',
      phase: config.stage === 'early' ? 'early-rate-limit' : 'rate-limit',
      onRequestHead: (context: RequestContext) => limiter.check(context),
    } as const
    if (!config.responseHeaders) return policy
    return {
      ...policy,
      onResponseHead: (context, { headers }) => limiter.addHeaders(context, headers),
    }
  },
}

class Limiter {
  readonly #config: RateLimit
  readonly #services: PolicyServices
  readonly #collectors: readonly HitCollector[]
  readonly #headers = new WeakMap<RequestContext, LimitHeaders>()

  constructor(config: RateLimit, services: PolicyServices, collectors: readonly HitCollector[]) {
    this.#config = config
    this.#services = services
    this.#collectors = collectors
  }

  check(context: RequestContext): GatewayError | undefined | Promise<GatewayError | undefined> {
    const hits: LimitedHit[] = []
    for (const collect of this.#collectors) collect(context, hits)
    if (hits.length === 0) return undefined
    const nowMs = this.#services.unixTimeMs()
    const totals = this.#services.counters.add(hits, nowMs)
    if (!(totals instanceof Promise)) return this.#judge(context, hits, { totals, nowMs })
    return totals.then((settled) => this.#judge(context, hits, { totals: settled, nowMs }))
  }

  addHeaders(context: RequestContext, headers: Parameters<LimitHeaders>[0]): void {
    this.#headers.get(context)?.(headers)
  }

  #judge(
    context: RequestContext,
    hits: readonly LimitedHit[],
    { totals, nowMs }: { readonly totals: readonly CounterTotal[]; readonly nowMs: number },
  ): GatewayError | undefined {
    if (this.#config.responseHeaders) {
      const headers = createLimitHeaders(hits, totals, nowMs)
      if (headers !== undefined) this.#headers.set(context, headers)
    }
    const over = hits.find((hit, index) => (totals[index] ?? 0) > hit.limit.requests)
    if (over !== undefined) return refusalOf(over)
    return this.#config.denyOnFailure ? failureOf(hits, totals) : undefined
  }
}

function refusalOf({ limit, rules }: LimitedHit): GatewayError {
  const message = `more than ${limit.requests} requests per ${limit.window} (${nameOf(rules.origin)})`
  return gatewayError('rate-limited', message)
}

function failureOf(
  hits: readonly LimitedHit[],
  totals: readonly CounterTotal[],
): GatewayError | undefined {
  const uncounted = hits.find((_, index) => totals[index] === undefined)
  if (uncounted === undefined) return undefined
  const message = `Requests cannot be counted now, and the rate limit of this route (${nameOf(uncounted.rules.origin)}) refuses what it cannot count.`
  return gatewayError('rate-limit-unavailable', message)
}
