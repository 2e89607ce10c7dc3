import type { ModelCallOptions } from '../../ir/route.ts'
import type { CompiledBackendDestination } from '../../snapshot/snapshot.ts'
import type { Exchange } from '../request/exchange.ts'
import { ModelExchange } from './model-exchange.ts'

const defaultOptions: ModelCallOptions = {
  alwaysStream: false,
  backupModels: [],
  allowUnknownEndpoints: false,
}

/** Finds out which endpoint of a provider a request is for, once its destination is chosen. */
export function beginModelCall(
  exchange: Exchange,
  destination: CompiledBackendDestination,
): ModelExchange | undefined {
  const { match } = exchange
  const [provider] = destination.backend.providers
  if (provider === undefined || match?.route.action.type !== 'forward') return undefined
  const { action } = match.route
  const path = action.rewritePath(exchange.path, match.path)
  return new ModelExchange({
    destination,
    provider,
    endpoint: provider.findEndpoint(exchange.method, path),
    options: action.config.modelCalls ?? defaultOptions,
    path,
  })
}
