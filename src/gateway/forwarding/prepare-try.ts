import type { GatewayError } from '../../errors/gateway-error.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { ForwardRules } from '../../snapshot/snapshot.ts'
import type { EndpointRuntime } from '../backends/endpoints/endpoint-runtime.ts'
import { prepareModelTry } from '../model/prepare-model-try.ts'
import type { Exchange } from '../request/exchange.ts'
import { type PreparedTry, runAttemptHooks, type TryTarget } from './try-target.ts'

/** Writes what a try is sent with; waits only for credentials that must be fetched. */
export function prepareTry(
  exchange: Exchange,
  target: TryTarget,
): PreparedTry | GatewayError | Promise<PreparedTry | GatewayError> {
  const { config } = target.rules
  const headers = new HeaderList([...exchange.headers.flat])
  const timeoutMs = config.retry?.perTryTimeoutMs ?? config.timeoutMs
  if (timeoutMs > 0) headers.set('x-envoy-expected-rq-timeout-ms', String(timeoutMs))
  if (exchange.model !== undefined) {
    return prepareModelTry(exchange, exchange.model, { ...target, headers })
  }
  return preparePlainTry(exchange, target, headers)
}

function preparePlainTry(
  exchange: Exchange,
  target: TryTarget,
  headers: HeaderList,
): PreparedTry | GatewayError {
  const { rules, endpoint } = target
  const { match, method, path, query, body } = exchange
  if (match === undefined) throw new Error('A request is forwarded without a route.')
  const upstreamPath = rules.rewritePath(path, match.path)
  if (upstreamPath !== path) headers.set('x-envoy-original-path', path + query)
  exchange.upstreamPath = upstreamPath + query
  const host = hostFor(exchange, rules, endpoint)
  if (rules.config.appendForwardedHost && host !== exchange.host) {
    headers.append('x-forwarded-host', exchange.host)
  }
  const refusal = runAttemptHooks(exchange, target, headers)
  if (refusal !== undefined) return refusal
  const { whole } = body
  if (whole !== undefined && body.replaced) headers.set('content-length', String(whole.length))
  headers.flat.push('host', host)
  return { head: { method, path: exchange.upstreamPath, headers: headers.flat }, body: undefined }
}

function hostFor(exchange: Exchange, rules: ForwardRules, endpoint: EndpointRuntime): string {
  const { hostHeader } = endpoint.config
  if (hostHeader !== undefined) return hostHeader
  const { hostRewrite } = rules.config
  if (hostRewrite?.type === 'endpoint' && endpoint.hasName) return endpoint.config.host
  return rules.rewriteHost(exchange)
}
