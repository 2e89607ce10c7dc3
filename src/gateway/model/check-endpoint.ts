import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { ModelExchange } from './model-exchange.ts'

/** Why an endpoint may not be called; undefined when it may. */
export function checkEndpoint(
  { endpoint, options, policies }: ModelExchange,
  method: string,
  path: string,
): GatewayError | undefined {
  if (endpoint === undefined && !options.allowUnknownEndpoints) {
    const message = `${method} ${path} is no endpoint of the model provider that this route knows`
    return gatewayError('endpoint-not-found', message)
  }
  const reader = policies.strictReader
  const unread = endpoint === undefined || (endpoint.format === undefined && !endpoint.textless)
  if (reader === undefined || !unread) return undefined
  const message = `the ${reader.type} policy of this route cannot read calls of ${method} ${path}`
  return gatewayError('unreadable-body', message, { status: 403 })
}
