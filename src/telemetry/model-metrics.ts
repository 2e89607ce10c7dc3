import type { MetricSample } from '../lib/metrics/metric-sample.ts'
import type { MetricName } from './metric-definitions.ts'
import type { ModelCallRecord, RequestRecord } from './request-record.ts'

/** What calls of one gateway, provider, model and set of the operator's labels have used. */
interface TokenCounters {
  readonly labels: Readonly<Record<string, string>>
  prompt: number
  completion: number
  rateLimited: number
}

const other = 'other'
const maxLabelLength = 128
const defaultMostSeries = 2000
const mostCallKinds = 500

/**
 * Counts calls to models and their tokens. Names of models come from clients, so only calls that used or were charged
 * something get a series of their own, and past a number of them everything is counted together.
 */
export class ModelMetrics {
  readonly #mostSeries: number
  readonly #tokens = new Map<string, TokenCounters>()
  readonly #calls = new Map<string, { labels: Record<string, string>; total: number }>()

  /** By gateway: names that the operator gives. */
  readonly #guarded = new Map<string, { masked: number; overflows: number }>()

  constructor(mostSeries = defaultMostSeries) {
    this.#mostSeries = mostSeries
  }

  add({ status }: Pick<RequestRecord, 'status'>, call: ModelCallRecord): void {
    this.#countCall(status, call)
    this.#countGuarded(call)
    const { usage, rateLimitedTokens = 0 } = call
    if (usage === undefined && rateLimitedTokens === 0) return
    const counters = this.#countersOf(call)
    counters.prompt += usage?.inputTokens ?? 0
    counters.completion += usage?.outputTokens ?? 0
    counters.rateLimited += rateLimitedTokens
  }

  collect(): MetricSample[] {
    const samples: MetricSample[] = []
    const push = (name: MetricName, labels: Readonly<Record<string, string>>, total: number) =>
      samples.push({ name, labels, value: { type: 'counter', total } })
    for (const { labels, total } of this.#calls.values()) {
      push('sluice_model_calls_total', labels, total)
    }
    for (const [gateway, { masked, overflows }] of this.#guarded) {
      push('sluice_guard_masked_total', { gateway }, masked)
      push('sluice_guard_overflows_total', { gateway }, overflows)
    }
    for (const { labels, prompt, completion, rateLimited } of this.#tokens.values()) {
      push('ai_prompt_tokens_total', labels, prompt)
      push('ai_completion_tokens_total', labels, completion)
      push('gloo_completion_tokens', labels, completion)
      push('ai_rate_limited_tokens_total', labels, rateLimited)
    }
    return samples
  }

  #countCall(status: number, { gateway, provider, operation, usage }: ModelCallRecord): void {
    const source = usage === undefined ? 'none' : usage.estimated ? 'estimated' : 'reported'
    const ownKey = `${gateway} ${provider} ${operation} ${status} ${source}`
    const isKnown = this.#calls.has(ownKey) || this.#calls.size < mostCallKinds
    const key = isKnown ? ownKey : `${gateway} ${other}`
    const known = this.#calls.get(key)
    if (known !== undefined) {
      known.total += 1
      return
    }
    const labels = isKnown
      ? { gateway, provider, operation, status: String(status), usage: source }
      : { gateway, provider: other, operation: other, status: other, usage: other }
    this.#calls.set(key, { labels, total: 1 })
  }

  #countGuarded({ gateway, guarded }: ModelCallRecord): void {
    if (guarded === undefined) return
    const counts = this.#guarded.get(gateway) ?? { masked: 0, overflows: 0 }
    counts.masked += guarded.masked
    counts.overflows += guarded.overflows
    this.#guarded.set(gateway, counts)
  }

  #countersOf(call: ModelCallRecord): TokenCounters {
    const key = keyOf(call)
    const known = this.#tokens.get(key)
    if (known !== undefined) return known
    if (this.#tokens.size < this.#mostSeries) return this.#addCounters(key, call)
    const custom = Object.fromEntries(Object.keys(call.labels).map((name) => [name, other]))
    const rest = { ...call, model: other, labels: custom }
    const restKey = keyOf(rest)
    return this.#tokens.get(restKey) ?? this.#addCounters(restKey, rest)
  }

  #addCounters(key: string, { gateway, provider, model, labels }: ModelCallRecord): TokenCounters {
    const counters = {
      // Dashboards for Gloo ask for `llm` in some places and for `provider` in others.
      labels: shorten({ ...labels, gateway, llm: provider, provider, model }),
      ...{ prompt: 0, completion: 0, rateLimited: 0 },
    }
    this.#tokens.set(key, counters)
    return counters
  }
}

/** What comes from clients stands last, or in JSON: no two calls with other labels have one key. */
function keyOf({ gateway, provider, model, labels }: ModelCallRecord): string {
  for (const _ in labels) return JSON.stringify([gateway, provider, model, labels])
  return `${gateway} ${provider} ${model}`
}

function shorten(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, value.slice(0, maxLabelLength)]),
  )
}
