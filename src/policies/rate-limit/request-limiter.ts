import type { GatewayError } from '../../errors/gateway-error.ts'
import type { PolicyServices, RequestContext } from '../policy.ts'
import type { HitCollector, LimitedHit } from './compile-rules.ts'
import type { HitJudge } from './judge-hits.ts'

type Result = GatewayError | undefined

/** Holds requests to limits on their number. */
export class RequestLimiter {
  readonly #services: PolicyServices
  readonly #collectors: readonly HitCollector[]
  readonly #judge: HitJudge

  constructor(services: PolicyServices, collectors: readonly HitCollector[], judge: HitJudge) {
    this.#services = services
    this.#collectors = collectors
    this.#judge = judge
  }

  check(context: RequestContext): Result | Promise<Result> {
    const hits: LimitedHit[] = []
    for (const collect of this.#collectors) collect(context, hits)
    if (hits.length === 0) return undefined
    const nowMs = this.#services.unixTimeMs()
    const totals = this.#services.counters.add(hits, nowMs)
    if (!(totals instanceof Promise)) return this.#judge.judge(context, hits, { totals, nowMs })
    return totals.then((settled) => this.#judge.judge(context, hits, { totals: settled, nowMs }))
  }
}
