import type { HttpConnectionOptions } from '../../../../ir/listener.ts'
import type { Origin } from '../../../../ir/origin.ts'
import { parseDuration } from '../../../../lib/duration.ts'
import { firewallOf } from '../../../gloo-core/options/access/protection.ts'
import { fieldOf } from '../../../gloo-core/options/place.ts'
import type { HttpConnectionManagerSettings } from '../../kinds/fields/http-connection-manager.ts'
import type { GatewaySpec } from '../../kinds/gateway.ts'
import type { GatewayProfile } from '../virtual-services/virtual-host-context.ts'

/** Longer than the usual 60 s of balancers in front, so that they close idle connections first. */
const defaultIdleTimeoutMs = 75_000
/** Envoy's default. */
const defaultStreamIdleTimeoutMs = 300_000
/** Envoy sets no limit; a slow client would hold its connection for ever. */
const defaultRequestHeadersTimeoutMs = 60_000
/** Envoy's default. */
const defaultMaxRequestHeadersKb = 60
/** Envoy's default. */
const defaultMaxDirectResponseBytes = 4096

type DurationField = 'idleTimeout' | 'streamIdleTimeout' | 'requestHeadersTimeout'

interface ConnectionOptionsResult {
  readonly http: HttpConnectionOptions
  readonly errors: readonly string[]
}

const settingsOf = ({ httpGateway }: GatewaySpec): HttpConnectionManagerSettings =>
  httpGateway?.options?.httpConnectionManagerSettings ?? {}

/** Reads how connections of a gateway treat HTTP; a wrong value is reported and its default used. */
export function connectionOptionsOf(spec: GatewaySpec): ConnectionOptionsResult {
  const settings = settingsOf(spec)
  const errors: string[] = []
  const durationOf = (field: DurationField, fallback: number) => {
    const text = settings[field]
    if (text === undefined) return fallback
    const durationMs = parseDuration(text)
    if (durationMs !== undefined && durationMs >= 0) return durationMs
    errors.push(
      `spec.httpGateway.options.httpConnectionManagerSettings.${field}: '${text}' is not a duration such as 15s or 0.5s; ${fallback} ms are used`,
    )
    return fallback
  }
  return {
    errors,
    http: {
      idleTimeoutMs: durationOf('idleTimeout', defaultIdleTimeoutMs),
      streamIdleTimeoutMs: durationOf('streamIdleTimeout', defaultStreamIdleTimeoutMs),
      requestHeadersTimeoutMs: durationOf('requestHeadersTimeout', defaultRequestHeadersTimeoutMs),
      maxRequestHeadersBytes: (settings.maxRequestHeadersKb ?? defaultMaxRequestHeadersKb) * 1024,
      serverName: settings.serverName || 'envoy',
      useRemoteAddress: settings.useRemoteAddress ?? false,
      xffTrustedHops: settings.xffNumTrustedHops ?? 0,
      normalizePath: settings.normalizePath ?? true,
      mergeSlashes: settings.mergeSlashes ?? false,
      mostSpecificHeaderMutationsWin: spec.routeOptions?.mostSpecificHeaderMutationsWins ?? false,
    },
  }
}

/** What of a gateway reaches the routes below it. */
export function profileOf(spec: GatewaySpec, origin: Origin): GatewayProfile {
  const upgrades = settingsOf(spec).upgrades ?? []
  const websocket = upgrades.find((upgrade) => upgrade.websocket !== undefined)?.websocket
  return {
    // Gloo turns WebSockets on unless the gateway names them.
    websocket: websocket?.enabled ?? true,
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
