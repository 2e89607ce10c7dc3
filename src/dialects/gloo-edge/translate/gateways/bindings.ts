import { isIP } from 'node:net'
import type { ListenerBinding } from '../../../../ir/listener.ts'
import { loadBalancerAddressOf, servicePortsOf } from '../../../core/services.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import type { GatewaySpec } from '../../kinds/gateway.ts'

/** Where a gateway listens for one proxy, or why it does not. */
export interface ProxyBindings {
  readonly bindings: readonly ListenerBinding[]
  readonly warning: string | undefined
}

const kebabCase = (name: string) =>
  name.replace(/[A-Z]/g, (letter, index) => `${index === 0 ? '' : '-'}${letter.toLowerCase()}`)

/** The proxies that a gateway is part of. */
export const proxyNamesOf = ({ proxyNames = [] }: GatewaySpec): readonly string[] =>
  proxyNames.length === 0 ? ['gateway-proxy'] : [...new Set(proxyNames.map(kebabCase))]

/**
 * The sockets of `bindPort` for a proxy: the address of the Service of the proxy's name, with each of its
 * ports that leads to `bindPort`, or `bindPort` itself where none does.
 */
export function bindingsOfProxy(
  scope: Scope,
  namespace: string,
  proxyName: string,
  bindPort: number,
): ProxyBindings {
  const service = scope.read(`Service ${namespace}/${proxyName}`, ({ objects }) =>
    objects.get({ group: '', kind: 'Service' }, namespace, proxyName),
  )
  const label = `Service ${namespace}/${proxyName}`
  if (service === undefined) {
    return {
      bindings: [],
      warning: `${label} does not exist, so that the gateway has no address for this proxy. Create it with type LoadBalancer.`,
    }
  }
  const address = loadBalancerAddressOf(service)
  if (address === undefined || isIP(address) === 0) {
    return {
      bindings: [],
      warning: `${label} has no IP address in status.loadBalancer.ingress yet; the gateway listens as soon as it has one`,
    }
  }
  const ports = servicePortsOf(service).filter(
    ({ protocol, targetPort }) => protocol === 'TCP' && targetPort === bindPort,
  )
  const bound = ports.length === 0 ? [bindPort] : ports.map(({ port }) => port)
  return { bindings: bound.map((port) => ({ address, port })), warning: undefined }
}
