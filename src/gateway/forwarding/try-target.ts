import type { GatewayError } from '../../errors/gateway-error.ts'
import type { HeaderList } from '../../lib/http/header-list.ts'
import type { ForwardRules } from '../../snapshot/snapshot.ts'
import type { BackendRuntime } from '../backends/backend-runtime.ts'
import type { EndpointRuntime } from '../backends/endpoints/endpoint-runtime.ts'
import type { Exchange } from '../request/exchange.ts'
import type { UpstreamRequestHead } from '../upstream/upstream-client.ts'

/** What a try is sent with. */
export interface PreparedTry {
  readonly head: UpstreamRequestHead
  /** Undefined: the body of the request. */
  readonly body: Buffer | undefined
}

/** Where a try goes. */
export interface TryTarget {
  readonly rules: ForwardRules
  readonly backend: BackendRuntime
  readonly endpoint: EndpointRuntime
}

/** Shows policies the headers of a try. */
export function runAttemptHooks(
  exchange: Exchange,
  { backend, endpoint }: TryTarget,
  headers: HeaderList,
): GatewayError | undefined {
  const hooks = exchange.policies?.onAttempt
  if (hooks === undefined || hooks.length === 0) return undefined
  const attempt = {
    number: exchange.attempts,
    backendName: backend.config.name,
    endpointHost: endpoint.config.host,
    endpointPort: endpoint.config.port,
    headers,
  }
  for (const policy of hooks) {
    const refusal = policy.onAttempt?.(exchange, attempt)
    if (refusal !== undefined) return refusal
  }
  return undefined
}
