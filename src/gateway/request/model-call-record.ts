import type { UsageLabel } from '../../ir/listener.ts'
import { guardRecordOf } from '../../policies/guard-record.ts'
import { metadataValue } from '../../policies/metadata-value.ts'
import type { RequestContext } from '../../policies/policy.ts'
import type { CompiledListener } from '../../snapshot/snapshot.ts'
import type { ModelCallRecord } from '../../telemetry/request-record.ts'

/** What metrics and log say of a request's call to a model; undefined when it was none. */
export function modelCallRecordOf(
  context: Pick<RequestContext, 'modelCall' | 'metadata'>,
  { config: { origin, usageLabels = [] } }: Pick<CompiledListener, 'config'>,
): ModelCallRecord | undefined {
  const call = context.modelCall
  if (call === undefined) return undefined
  return {
    gateway: `${origin.namespace}/${origin.name}`,
    provider: call.provider,
    operation: call.operation,
    model: call.model ?? '',
    providerModel: call.providerModel,
    streaming: call.streaming,
    usage: call.usage,
    rateLimitedTokens: call.rateLimitedTokens,
    guarded: guardRecordOf(context),
    labels: labelsOf(context, usageLabels),
  }
}

function labelsOf(
  context: Pick<RequestContext, 'metadata'>,
  usageLabels: readonly UsageLabel[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    usageLabels.map(({ name, path }) => [name, textOf(metadataValue(context, path))]),
  )
}

/** Only plain values make a label: a list or an object could be anything. */
function textOf(value: unknown): string {
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value)
  return isPlain ? String(value) : '<unknown>'
}
