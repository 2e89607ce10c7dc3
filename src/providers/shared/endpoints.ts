import type { ModelOperation } from '../../llm/model-call.ts'
import type { WireFormat } from '../../llm/wire-format.ts'
import type { ProviderEndpoint } from '../provider.ts'

const plain = { untouched: false, textless: false, streaming: undefined, model: undefined }

/** An endpoint whose path the gateway decides and whose body policies may change. */
export function createEndpoint(
  operation: ModelOperation,
  format: WireFormat,
  changes: Partial<ProviderEndpoint> = {},
): ProviderEndpoint {
  return { ...plain, operation, format, ...changes }
}

/** Any other part of a provider's API; its bodies go as they come. */
export function createPlatformEndpoint(changes: Partial<ProviderEndpoint> = {}): ProviderEndpoint {
  return { ...plain, operation: 'platform', format: undefined, untouched: true, ...changes }
}
