import type { KubeObject, ObjectReference } from '../kube/kube-object.ts'
import type { ObjectSource } from '../kube/object-source.ts'
import type { AddressPool } from './address-pool.ts'

const serviceKind = { group: '', kind: 'Service' }

interface ServiceParts {
  readonly spec?: { readonly type?: string; readonly loadBalancerIP?: string }
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { ip?: string }[] } }
}

const addressOf = (service: KubeObject) =>
  (service as ServiceParts).status?.loadBalancer?.ingress?.[0]?.ip

const isLoadBalancer = (service: KubeObject) =>
  (service as ServiceParts).spec?.type === 'LoadBalancer'

/**
 * Does what a cloud's load balancer controller does: gives every Service of type LoadBalancer an address and
 * publishes it in the Service's status, as `ip` alone. With `fixedAddress` every Service gets that one.
 */
export class ServiceAddresses {
  readonly #source: ObjectSource
  readonly #pool: AddressPool
  readonly #fixedAddress: string | undefined
  #unsubscribe: (() => void) | undefined

  constructor(source: ObjectSource, pool: AddressPool, fixedAddress: string | undefined) {
    this.#source = source
    this.#pool = pool
    this.#fixedAddress = fixedAddress
  }

  start(): void {
    for (const service of this.#source.list(serviceKind)) this.#assign(service)
    this.#unsubscribe = this.#source.subscribe(({ type, kind, object }) => {
      if (kind.group !== '' || kind.kind !== 'Service' || type === 'deleted') return
      this.#assign(object)
    })
  }

  stop(): void {
    this.#unsubscribe?.()
  }

  #assign(service: KubeObject): void {
    const reference: ObjectReference = {
      ...serviceKind,
      namespace: service.metadata.namespace ?? '',
      name: service.metadata.name,
    }
    const current = addressOf(service)
    if (!isLoadBalancer(service)) {
      if (current !== undefined) this.#source.writeStatus(reference, { loadBalancer: {} })
      return
    }
    const address = this.#choose(service, current)
    if (address === current) return
    if (address === undefined) {
      this.#source.recordEvent(reference, {
        type: 'Warning',
        reason: 'AddressPoolExhausted',
        message: 'The address pool is used up; start with a larger --address-pool.',
        reportingComponent: 'sluice',
      })
      return
    }
    this.#source.writeStatus(reference, { loadBalancer: { ingress: [{ ip: address }] } })
  }

  #choose(service: KubeObject, current: string | undefined): string | undefined {
    if (this.#fixedAddress !== undefined) return this.#fixedAddress
    const taken = this.#takenByOthers(service)
    const wanted = (service as ServiceParts).spec?.loadBalancerIP ?? current
    if (wanted !== undefined && this.#pool.contains(wanted) && !taken.has(wanted)) return wanted
    return this.#pool.next(taken)
  }

  #takenByOthers(service: KubeObject): Set<string> {
    const { uid } = service.metadata
    const others = this.#source
      .list(serviceKind)
      .filter((other) => other.metadata.uid !== uid && isLoadBalancer(other))
    return new Set(others.map(addressOf).filter((address) => address !== undefined))
  }
}
