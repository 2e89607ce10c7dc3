import type { KubeObject } from '../../../../kube/kube-object.ts'
import type { HttpListenerOptions } from '../../../gloo-core/kinds/listener-options/http-listener-options.ts'
import type { VirtualHostOptions } from '../../../gloo-core/kinds/options/virtual-host-options.ts'
import { firewallOf, type Protection } from '../../../gloo-core/options/access/protection.ts'
import { websocketOf } from '../../../gloo-core/options/listener/http-settings.ts'
import { originOfOption } from '../../../gloo-core/options/option-set.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import {
  readVirtualHost,
  type VirtualHostPolicies,
} from '../../../gloo-core/options/virtual-host.ts'
import { mergeOptions, optionsOf } from '../options/merge-options.ts'

/** What options of a gateway and its listener mean for the routes of the listener. */
export interface ListenerHost {
  readonly virtualHost: VirtualHostPolicies
  readonly gatewayProtections: readonly Protection[]
  /** Undefined: WebSockets pass as the route says. */
  readonly websocket: boolean | undefined
  /** True: routes without options of their own stay as they are. */
  readonly isEmpty: boolean
}

/** Reads the VirtualHostOptions in force on a listener, the most important first, and its HttpListenerOption. */
export function readListenerHost(
  scope: Scope,
  virtualHostOptions: readonly KubeObject[],
  httpListenerOption: KubeObject | undefined,
): ListenerHost {
  const { specs } = scope.source
  const { options } = mergeOptions<VirtualHostOptions>(specs, virtualHostOptions)
  const origin = { kind: 'Gateway', namespace: '', name: '', fieldPath: 'spec' }
  const { policies } = readVirtualHost(scope, options, origin)
  const http = httpListenerOption && optionsOf<HttpListenerOptions>(specs, httpListenerOption)
  const { waf, httpConnectionManagerSettings = {} } = http?.values ?? {}
  const gatewayProtections =
    http === undefined ? [] : firewallOf(waf, originOfOption(http, 'waf', origin))
  const websocket = websocketOf(httpConnectionManagerSettings)
  return {
    virtualHost: policies,
    gatewayProtections,
    websocket,
    isEmpty:
      virtualHostOptions.length === 0 &&
      policies.protections.length === 0 &&
      gatewayProtections.length === 0 &&
      websocket === undefined,
  }
}
