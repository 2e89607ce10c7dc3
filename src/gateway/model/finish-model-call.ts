import type { GatewayError } from '../../errors/gateway-error.ts'
import type { ModelCall } from '../../llm/model-call.ts'
import { type CountTokens, estimateUsage } from './answers/estimate-usage.ts'
import type { ModelExchange } from './model-exchange.ts'

/** The exchange that a call was, when it is over. */
interface EndedExchange {
  readonly error: GatewayError | undefined
  readonly metadata: Map<string, unknown>
  readonly services: { readonly countTokens: CountTokens }
}

/** Settles what a call has used and tells policies and logs, before they hear that the request is over. */
export function finishModelCall(exchange: EndedExchange, model: ModelExchange): void {
  const { call } = model
  model.finish()
  if (call.usage === undefined && isUnanswered(exchange, call)) {
    call.usage = estimateUsage(call, 0, exchange.services.countTokens)
  }
  const facts = {
    provider: call.provider,
    operation: call.operation,
    model: call.model,
    provider_model: call.providerModel,
    streaming: call.streaming,
    prompt_tokens: call.usage?.inputTokens,
    completion_tokens: call.usage?.outputTokens,
    total_tokens: call.usage?.totalTokens,
    estimated: call.usage?.estimated,
    rate_limited_tokens: call.rateLimitedTokens,
  }
  exchange.metadata.set('model-call', facts)
  const { metadataNamespace, chargeMetadata } = model.options
  if (metadataNamespace !== undefined) exchange.metadata.set(metadataNamespace, facts)
  if (chargeMetadata !== undefined && call.rateLimitedTokens !== undefined) {
    const { namespace, key } = chargeMetadata
    exchange.metadata.set(namespace, { [key]: call.rateLimitedTokens })
  }
}

/** The provider works on, and is paid, although nobody waits any more. */
function isUnanswered({ error }: EndedExchange, { progress }: ModelCall): boolean {
  if (progress !== 'asked') return false
  return error?.code === 'client-closed' || error?.code === 'upstream-timeout'
}
