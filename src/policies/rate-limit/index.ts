import { gatewayError } from '../../errors/gateway-error.ts'
import type { RateLimit, RateLimitRules } from '../../ir/policies/rate-limit.ts'
import type { CompiledPolicy, PolicyModule, RequestContext } from '../policy.ts'
import { compileRules, type HitCollector } from './compile-rules.ts'
import { HitJudge, nameOf } from './judge-hits.ts'
import { ModelLimiter } from './model-calls/model-limiter.ts'
import { RequestLimiter } from './request-limiter.ts'

/** Counts requests, or what calls to models use, in fixed windows and refuses those above a limit. */
export const rateLimit: PolicyModule<RateLimit> = {
  type: 'rate-limit',

  compile(config, services) {
    const collectors: Collectors = { everywhere: [], elsewhere: [], models: [] }
    for (const rules of config.rules) {
      const collector = compileRules(rules)
      if (typeof collector !== 'function') {
        return gatewayError('configuration-error', `${nameOf(rules.origin)}: ${collector.message}`)
      }
      addCollector(collectors, rules, collector)
    }
    const judge = new HitJudge(config)
    const { everywhere, elsewhere, models } = collectors
    const toModels = new RequestLimiter(services, everywhere, judge)
    const toOthers = new RequestLimiter(services, [...everywhere, ...elsewhere], judge)
    const policy: CompiledPolicy = {
      type: 'rate-limit',
      phase: config.stage === 'early' ? 'early-rate-limit' : 'rate-limit',
      onRequestHead: (context: RequestContext) =>
        (context.modelCall === undefined ? toOthers : toModels).check(context),
      ...(config.responseHeaders && {
        onResponseHead: (context, { headers }) => judge.addHeaders(context, headers),
      }),
    }
    if (models.length === 0) return policy
    services.tokenizer.load()
    const limiter = new ModelLimiter({ services, collectors: models, judge })
    return {
      ...policy,
      readsModelCall: 'required',
      readsTokenNumbers: true,
      onModelRequest: (...call) => limiter.check(...call),
      onComplete: (context, outcome) => limiter.complete(context, outcome),
    }
  },
}

/** Collectors by the requests that they hold for. */
interface Collectors {
  /** Requests to models and elsewhere. */
  readonly everywhere: HitCollector[]
  readonly elsewhere: HitCollector[]
  /** What calls to models use. */
  readonly models: HitCollector[]
}

function addCollector(
  { everywhere, elsewhere, models }: Collectors,
  { counting }: RateLimitRules,
  collector: HitCollector,
): void {
  if (counting.unit === 'requests') everywhere.push(collector)
  else models.push(collector)
  if (counting.unit === 'requests-or-input-tokens') elsewhere.push(collector)
}
