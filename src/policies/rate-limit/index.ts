import { gatewayError } from '../../errors/gateway-error.ts'
import type { RateLimit, RateLimitRules } from '../../ir/policies/rate-limit.ts'
import type { CompiledPolicy, PolicyModule, PolicyServices, RequestContext } from '../policy.ts'
import { compileRules, type HitCollector } from './compile-rules.ts'
import { HitJudge, nameOf } from './judge-hits.ts'
import { ModelLimiter, type ModelLimiterParts } from './model-calls/model-limiter.ts'
import { readVendorPrompt } from './model-calls/prompt/vendor-prompt.ts'
import { readWholePrompt } from './model-calls/prompt/whole-prompt.ts'
import { RequestLimiter } from './request-limiter.ts'

/** Counts requests, or what calls to models use, in fixed windows and refuses those above a limit. */
export const rateLimit: PolicyModule<RateLimit> = {
  type: 'rate-limit',

  compile(config, services) {
    const collectors: Collectors = { everywhere: [], elsewhere: [], asSent: [], asForwarded: [] }
    for (const rules of config.rules) {
      const collector = compileRules(rules)
      if (typeof collector !== 'function') {
        return gatewayError('configuration-error', `${nameOf(rules.origin)}: ${collector.message}`)
      }
      addCollector(collectors, rules, collector)
    }
    const judge = new HitJudge(config)
    const { everywhere, elsewhere } = collectors
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
    return { ...policy, ...modelHooks(collectors, services, judge) }
  },
}

/** The hooks of limits on what calls to models use. */
function modelHooks(
  { asSent, asForwarded }: Collectors,
  services: PolicyServices,
  judge: HitJudge,
): Partial<CompiledPolicy> {
  if (asSent.length + asForwarded.length === 0) return {}
  services.tokenizer.load()
  const create = (
    collectors: readonly HitCollector[],
    readPrompt: ModelLimiterParts['readPrompt'],
  ) =>
    collectors.length === 0
      ? undefined
      : new ModelLimiter({ services, collectors, judge, readPrompt })
  const vendors = create(asSent, readVendorPrompt)
  const own = create(asForwarded, readWholePrompt)
  return {
    readsModelCall: 'required',
    readsTokenNumbers: true,
    ...(vendors && { onModelRequest: (...call) => vendors.check(...call) }),
    ...(own && {
      onFinalModelRequest: (...call) => own.check(...call),
      onModelRetry: (context) => own.retry(context),
      onComplete: (context) => own.complete(context),
    }),
  }
}

/** Collectors by the requests that they hold for. */
interface Collectors {
  /** Requests to models and elsewhere. */
  readonly everywhere: HitCollector[]
  readonly elsewhere: HitCollector[]
  /** What calls to models use: as their clients have sent them, by a vendor's rule. */
  readonly asSent: HitCollector[]
  /** As they go to the provider. */
  readonly asForwarded: HitCollector[]
}

function addCollector(
  { everywhere, elsewhere, asSent, asForwarded }: Collectors,
  { counting: { unit, reserve } }: RateLimitRules,
  collector: HitCollector,
): void {
  const isVendors = unit === 'requests-or-input-tokens'
  if (unit === 'requests') everywhere.push(collector)
  else if (isVendors && !reserve) asSent.push(collector)
  else asForwarded.push(collector)
  if (isVendors) elsewhere.push(collector)
}
