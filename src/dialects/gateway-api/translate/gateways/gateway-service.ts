import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import type { KubeObject } from '../../../../kube/kube-object.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import { metricsAppProtocol } from '../../../../lib/metrics/metrics-protocol.ts'
import { loadBalancerAddressOf, serviceKind } from '../../../core/services.ts'
import type { Problem } from '../../conditions.ts'
import type { ControllerProfile, ServiceParameters } from '../../contribution.ts'
import type { GatewaySpec } from '../../kinds/specs/gateway-spec.ts'
import { gatewayKind } from '../../names.ts'
import { displayName, type Scope } from '../source.ts'

/** Where a gateway listens, through a Service that it owns. */
export interface GatewayAddress {
  /** Made, and kept up to date, by control. */
  readonly service: KubeObject
  readonly address: string | undefined
  /** Why the gateway has no address, or not the one it asks for. */
  readonly problem: Problem | undefined
}

const maxNameLength = 63

/** A Service's name is a DNS label, while a gateway's may be longer and have dots. */
function serviceNameOf(prefix: string, gatewayName: string): string {
  const name = `${prefix}${gatewayName.replaceAll('.', '-')}`
  if (name.length <= maxNameLength && !gatewayName.includes('.')) return name
  const digest = createHash('sha256').update(gatewayName).digest('hex').slice(0, 8)
  return `${name.slice(0, maxNameLength - digest.length - 1)}-${digest}`
}

/** The first IP address that the gateway asks for. */
const wantedAddressOf = ({ addresses = [] }: Partial<GatewaySpec>) =>
  addresses.find(({ type, value }) => (type ?? 'IPAddress') === 'IPAddress' && value)?.value

/** What the Service of a gateway is made of besides the gateway. */
interface GatewayServiceOptions {
  readonly profile: ControllerProfile
  readonly parameters: Partial<ServiceParameters>
  /** Those of its listeners. */
  readonly ports: readonly number[]
}

function createService(
  gateway: KubeObject,
  spec: Partial<GatewaySpec>,
  { profile, parameters, ...options }: GatewayServiceOptions,
): KubeObject {
  const { namespace = '', name, uid = '' } = gateway.metadata
  const ports = [...new Set(options.ports)].sort((a, b) => a - b)
  const wanted = wantedAddressOf(spec)
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: serviceNameOf(profile.servicePrefix, name),
      namespace,
      labels: {
        'gateway.networking.k8s.io/gateway-name': name,
        ...parameters.labels,
        ...spec.infrastructure?.labels,
      },
      annotations: { ...parameters.annotations, ...spec.infrastructure?.annotations },
      ownerReferences: [
        {
          apiVersion: 'gateway.networking.k8s.io/v1',
          kind: gatewayKind.kind,
          name,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      type: 'LoadBalancer',
      ...(wanted === undefined ? {} : { loadBalancerIP: wanted }),
      ports: [
        ...ports.map((port) => ({
          name: `port-${port}`,
          port,
          targetPort: port,
          protocol: 'TCP',
        })),
        ...metricsPortsOf(ports, parameters),
      ],
      allocateLoadBalancerNodePorts: true,
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: 'Cluster',
      sessionAffinity: 'None',
    },
  }
}

function metricsPortsOf(
  ports: readonly number[],
  { metricsPort }: Partial<ServiceParameters>,
): object[] {
  if (metricsPort === undefined || ports.includes(metricsPort.port)) return []
  const { name, port } = metricsPort
  return [{ name, port, targetPort: port, protocol: 'TCP', appProtocol: metricsAppProtocol }]
}

/** Finds where a gateway listens. */
export function findGatewayAddress(
  scope: Scope,
  gateway: KubeObject,
  options: GatewayServiceOptions,
): GatewayAddress {
  const spec = scope.source.specs.get<Partial<GatewaySpec>>(gateway)
  const service = createService(gateway, spec, options)
  const { namespace = '', name } = service.metadata
  const current = scope.source.objects.get(serviceKind, namespace, name)
  const result = (address: string | undefined, reason: string, message: string) => ({
    service,
    address,
    problem: { reason, message },
  })
  const label = displayName({ kind: 'Service', namespace, name })
  if (current !== undefined && !isOwnedBy(current, gateway)) {
    const message = `${label}, which the gateway needs for its address, belongs to somebody else; delete or rename it`
    return result(undefined, 'AddressNotAssigned', message)
  }
  const address = current === undefined ? undefined : loadBalancerAddressOf(current)
  if (address === undefined || isIP(address) === 0) {
    const message = `${label} has no IP address in status.loadBalancer.ingress yet`
    return result(undefined, 'AddressNotAssigned', message)
  }
  const wanted = wantedAddressOf(spec)
  if (wanted !== undefined && wanted !== address) {
    const message = `the address ${wanted} cannot be used; ${label} was given ${address}`
    return result(undefined, 'AddressNotUsable', message)
  }
  return { service, address, problem: undefined }
}

const isOwnedBy = (object: KubeObject, owner: KubeObject) =>
  (object.metadata.ownerReferences ?? []).some(({ uid }) => uid === owner.metadata.uid) &&
  isRecord(object['spec'])
