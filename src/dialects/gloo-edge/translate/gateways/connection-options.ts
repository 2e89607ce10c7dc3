import type { HttpConnectionOptions } from '../../../../ir/listener.ts'
import type { Origin } from '../../../../ir/origin.ts'
import type { HttpConnectionManagerSettings } from '../../../gloo-core/kinds/listener-options/http-connection-manager.ts'
import { firewallOf } from '../../../gloo-core/options/access/protection.ts'
import { readHttpSettings, websocketOf } from '../../../gloo-core/options/listener/http-settings.ts'
import { fieldOf } from '../../../gloo-core/options/place.ts'
import type { GatewaySpec } from '../../kinds/gateway.ts'
import type { GatewayProfile } from '../virtual-services/virtual-host-context.ts'

/** What holds where a gateway says nothing. */
const defaults: HttpConnectionOptions = {
  // Longer than the usual 60 s of balancers in front, so that they close idle connections first.
  idleTimeoutMs: 75_000,
  // Envoy's default.
  streamIdleTimeoutMs: 300_000,
  // Envoy sets no limit; a slow client would hold its connection for ever.
  requestHeadersTimeoutMs: 60_000,
  // Envoy's default.
  maxRequestHeadersBytes: 60 * 1024,
  serverName: 'envoy',
  useRemoteAddress: false,
  xffTrustedHops: 0,
  normalizePath: true,
  mergeSlashes: false,
  mostSpecificHeaderMutationsWin: false,
}
/** Envoy's default. */
const defaultMaxDirectResponseBytes = 4096

interface ConnectionOptionsResult {
  readonly http: HttpConnectionOptions
  readonly errors: readonly string[]
}

const settingsOf = ({ httpGateway }: GatewaySpec): HttpConnectionManagerSettings =>
  httpGateway?.options?.httpConnectionManagerSettings ?? {}

/** Reads how connections of a gateway treat HTTP; a wrong value is reported and its default used. */
export function connectionOptionsOf(spec: GatewaySpec): ConnectionOptionsResult {
  const fieldPath = 'spec.httpGateway.options.httpConnectionManagerSettings'
  const { http, errors } = readHttpSettings(settingsOf(spec), fieldPath, defaults)
  const mostSpecificHeaderMutationsWin = spec.routeOptions?.mostSpecificHeaderMutationsWins ?? false
  return { errors, http: { ...defaults, ...http, mostSpecificHeaderMutationsWin } }
}

/** What of a gateway reaches the routes below it. */
export function profileOf(spec: GatewaySpec, origin: Origin): GatewayProfile {
  return {
    // Gloo turns WebSockets on unless the gateway names them.
    websocket: websocketOf(settingsOf(spec)) ?? true,
    maxDirectResponseBytes:
      spec.routeOptions?.maxDirectResponseBodySizeBytes ?? defaultMaxDirectResponseBytes,
    gatewayProtections: firewallOf(
      spec.httpGateway?.options?.waf,
      fieldOf(origin, 'httpGateway.options.waf'),
    ),
  }
}

/** The profile of a gateway that sets nothing. */
export const defaultProfile: GatewayProfile = profileOf(
  {},
  { kind: 'Gateway', namespace: '', name: '', fieldPath: 'spec' },
)
