import type { HttpConnectionOptions } from '../../../../ir/listener.ts'
import type { Origin } from '../../../../ir/origin.ts'
import type { HttpConnectionManagerSettings } from '../../../gloo-core/kinds/listener-options/http-connection-manager.ts'
import type { HttpListenerOptions } from '../../../gloo-core/kinds/listener-options/http-listener-options.ts'
import { firewallOf } from '../../../gloo-core/options/access/protection.ts'
import { readHttpSettings, websocketOf } from '../../../gloo-core/options/listener/http-settings.ts'
import {
  type OptionSet,
  optionSetOf,
  originOfOption,
} from '../../../gloo-core/options/option-set.ts'
import { fieldOf } from '../../../gloo-core/options/place.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import type { GatewaySpec } from '../../kinds/gateway.ts'
import { fillFromReferences } from '../routes/route-options.ts'
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

/** The options of a gateway's HTTP traffic, each field with the object that sets it. */
export type GatewayOptions = OptionSet<HttpListenerOptions>

/** Reads them from the gateway, and from the HttpListenerOptions that it refers to. */
export function readGatewayOptions(
  scope: Scope,
  { httpGateway }: GatewaySpec,
  origin: Origin,
): { readonly options: GatewayOptions; readonly warnings: readonly string[] } {
  const warnings: string[] = []
  const own = optionSetOf(httpGateway?.options ?? {}, fieldOf(origin, 'httpGateway.options'))
  const options = fillFromReferences<HttpListenerOptions>(scope, own, {
    refs: httpGateway?.optionsConfigRefs,
    kind: 'HttpListenerOption',
    namespace: origin.namespace,
    warn: (text) => warnings.push(text),
  })
  return { options, warnings }
}

const settingsField = 'httpConnectionManagerSettings'

const settingsOf = ({ values }: GatewayOptions): HttpConnectionManagerSettings =>
  values[settingsField] ?? {}

/** Reads how connections of a gateway treat HTTP; a wrong value is reported and its default used. */
export function connectionOptionsOf(
  options: GatewayOptions,
  routeOptions: GatewaySpec['routeOptions'],
  origin: Origin,
): ConnectionOptionsResult {
  const place = originOfOption(options, settingsField, fieldOf(origin, 'httpGateway.options'))
  const isOwn = place.kind === origin.kind
  const fieldPath = isOwn
    ? place.fieldPath
    : `${place.kind} ${place.namespace}/${place.name} ${place.fieldPath}`
  const { http, errors } = readHttpSettings(settingsOf(options), fieldPath, defaults)
  const mostSpecificHeaderMutationsWin = routeOptions?.mostSpecificHeaderMutationsWins ?? false
  return { errors, http: { ...defaults, ...http, mostSpecificHeaderMutationsWin } }
}

/** What of a gateway reaches the routes below it. */
export function profileOf(
  options: GatewayOptions,
  routeOptions: GatewaySpec['routeOptions'],
  origin: Origin,
): GatewayProfile {
  return {
    // Gloo turns WebSockets on unless the gateway names them.
    websocket: websocketOf(settingsOf(options)) ?? true,
    maxDirectResponseBytes:
      routeOptions?.maxDirectResponseBodySizeBytes ?? defaultMaxDirectResponseBytes,
    gatewayProtections: firewallOf(
      options.values.waf,
      originOfOption(options, 'waf', fieldOf(origin, 'httpGateway.options')),
    ),
  }
}

/** The profile of a gateway that sets nothing. */
export const defaultProfile: GatewayProfile = profileOf({ values: {}, origins: {} }, undefined, {
  ...{ kind: 'Gateway', namespace: '', name: '', fieldPath: 'spec' },
})
