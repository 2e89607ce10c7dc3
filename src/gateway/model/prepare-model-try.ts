import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { HeaderList } from '../../lib/http/header-list.ts'
import { removeKeptTokens } from '../../policies/kept-tokens.ts'
import { isCredentialHeader } from '../../providers/shared/client-credentials.ts'
import { type PreparedTry, runAttemptHooks, type TryTarget } from '../forwarding/try-target.ts'
import type { Exchange } from '../request/exchange.ts'
import type { ModelExchange } from './model-exchange.ts'

/**
 * Some providers obey these: a call would become another one than policies have seen, or its answer would lack what limits count by
 * (https://cloud.google.com/apis/docs/system-parameters).
 */
const obeyedHeaders = [
  ...['x-http-method-override', 'x-http-method', 'x-method-override', 'x-goog-fieldmask'],
] as const

/** A try at a provider with headers of its own. */
export interface ModelTryTarget extends TryTarget {
  readonly headers: HeaderList
}

type Prepared = PreparedTry | GatewayError

/** Writes a try in the words of the endpoint's provider, the credential last. Waits for policies where the try before may be billed. */
export function prepareModelTry(
  exchange: Exchange,
  model: ModelExchange,
  target: ModelTryTarget,
): Prepared | Promise<Prepared> {
  if (model.call.progress === 'none' || model.policies.onModelRetry.length === 0) {
    return writeTry(exchange, model, target)
  }
  return runRetryHooks(exchange, model).then(
    (refusal) => refusal ?? writeTry(exchange, model, target),
  )
}

async function runRetryHooks(
  exchange: Exchange,
  model: ModelExchange,
): Promise<GatewayError | undefined> {
  const { call, policies } = model
  for (const policy of policies.onModelRetry) {
    const refusal = await policy.onModelRetry?.(exchange, call)
    if (refusal !== undefined) return refusal
  }
  // Policies have taken note of the try before; the next one has reached nobody yet.
  model.tryRefused()
  return undefined
}

function writeTry(
  exchange: Exchange,
  model: ModelExchange,
  target: ModelTryTarget,
): Prepared | Promise<Prepared> {
  const { endpoint, headers } = target
  const { provider, config } = endpoint
  if (provider === undefined) return gatewayError('internal', 'an endpoint has no provider')
  const host = config.hostHeader ?? config.serverName ?? config.host
  provider.withholdCredentials(headers)
  const bearer = { headers, query: exchange.query }
  // What else a provider may be shown it has chosen by now.
  removeKeptTokens(exchange, bearer, isCredentialHeader)
  for (const name of obeyedHeaders) headers.remove(name)
  const body = model.bodyFor(provider)
  setBodyHeaders(exchange, model, { headers, body })
  model.call.model = model.modelFor(provider) ?? model.call.model
  const path = provider.upstreamPath(model.pathRequest(bearer.query), model.endpoint)
  exchange.upstreamPath = path
  const refusal = runAttemptHooks(exchange, target, headers)
  if (refusal !== undefined) return refusal
  headers.set('host', host)
  const { method } = exchange
  const sentBody = body ?? exchange.body.whole
  const failure = provider.authorize({ method, path, host, headers, body: sentBody })
  const ready = { head: { method, path, headers: headers.flat }, body }
  if (!(failure instanceof Promise)) {
    model.shownCredentials = provider.credentialsIn(headers)
    return failure ?? ready
  }
  return failure.then((settled) => {
    model.shownCredentials = provider.credentialsIn(headers)
    return settled ?? ready
  })
}

function setBodyHeaders(
  exchange: Exchange,
  model: ModelExchange,
  { headers, body }: { readonly headers: HeaderList; readonly body: Buffer | undefined },
): void {
  const { whole, replaced } = exchange.body
  const sent = body ?? (replaced ? whole : undefined)
  if (sent !== undefined) headers.set('content-length', String(sent.length))
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (model.readsAnswers) headers.set('accept-encoding', 'identity')
}
