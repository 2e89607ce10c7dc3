import { isDeepStrictEqual } from 'node:util'
import {
  endpointSliceKind,
  findService,
  groupSlices,
  loadBalancerAddressOf,
  parseClusterDnsName,
  serviceEndpointsOf,
  servicePortsOf,
  withoutReadyEndpoints,
} from '../../dialects/core/services.ts'
import type { ObjectView } from '../../dialects/dialect.ts'
import type { Configuration } from '../../ir/configuration.ts'
import type { KubeObject } from '../../kube/kube-object.ts'
import { isRecord } from '../../lib/json/is-record.ts'
import type { AddressOverride } from '../../link/messages.ts'

type FindSlices = (service: KubeObject) => readonly KubeObject[]

/**
 * Where cluster DNS names lead that endpoints have as their host: to the ready endpoints of the Service, else to the
 * address that a balancer gave it. Manifests decide these addresses, so the rules for upstreams hold for them.
 */
function findClusterAddresses(
  { backends }: Pick<Configuration, 'backends'>,
  objects: ObjectView,
): AddressOverride[] {
  const hosts = new Set<string>()
  for (const { endpoints } of backends.values()) {
    for (const { host } of endpoints) if (parseClusterDnsName(host) !== undefined) hosts.add(host)
  }
  if (hosts.size === 0) return []
  const findSlices = groupSlices(objects.list(endpointSliceKind))
  return [...hosts].flatMap((host) => {
    const { namespace = '', name = '' } = parseClusterDnsName(host) ?? {}
    const service = findService(objects, namespace, name)
    return service === undefined ? [] : overridesOf(host, service, findSlices)
  })
}

function overridesOf(host: string, service: KubeObject, findSlices: FindSlices): AddressOverride[] {
  const spec = isRecord(service['spec']) ? service['spec'] : {}
  if (spec['type'] === 'ExternalName') {
    const name = spec['externalName']
    if (typeof name !== 'string') return []
    return [
      { host, port: undefined, targets: [{ address: name, port: undefined }], trusted: false },
    ]
  }
  const slices = findSlices(service)
  const balancer = loadBalancerAddressOf(service)
  const isHeadless = spec['clusterIP'] === 'None'
  const { namespace = '', name } = service.metadata
  const servicePorts = servicePortsOf(service)
  const byPort = servicePorts.flatMap((servicePort) => {
    const { port } = servicePort
    const ready = serviceEndpointsOf(slices, servicePort)
    const fallback = balancer === undefined ? [] : [{ address: balancer, port }]
    const targets = ready.length > 0 ? ready : fallback
    if (targets.length === 0) {
      return [{ ...nowhere(host, withoutReadyEndpoints(namespace, name, port)), port }]
    }
    // The name of a headless Service leads to its pods, whose own port is asked for.
    const ports = isHeadless ? new Set([port, ...ready.map((target) => target.port)]) : [port]
    return [...ports].map((own) => ({ host, port: own, targets, trusted: false }))
  })
  // What the Service does not serve is nobody's: names of the cluster are not asked for elsewhere.
  const known = servicePorts.map(({ port }) => port).join(', ')
  const reason = isHeadless
    ? `Service ${name} in namespace ${namespace} has no ready endpoints at that port`
    : `Service ${name} in namespace ${namespace} does not have that port; its ports: ${known}`
  return [...byPort, nowhere(host, reason)]
}

const nowhere = (host: string, emptyReason: string): AddressOverride => ({
  ...{ host, port: undefined, targets: [], emptyReason, trusted: false },
})

/** The overrides in force: the operator's and the stand-ins' first, then the names of Services. */
export class AddressOverrides {
  readonly #fixed: readonly AddressOverride[]
  #current: readonly AddressOverride[]

  constructor(fixed: readonly AddressOverride[]) {
    this.#fixed = fixed
    this.#current = fixed
  }

  get current(): readonly AddressOverride[] {
    return this.#current
  }

  /** The overrides when they are others than before. */
  update(
    configuration: Configuration,
    objects: ObjectView,
  ): readonly AddressOverride[] | undefined {
    const next = [...this.#fixed, ...findClusterAddresses(configuration, objects)]
    if (isDeepStrictEqual(next, this.#current)) return undefined
    this.#current = next
    return next
  }
}
