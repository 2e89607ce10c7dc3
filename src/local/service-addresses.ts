import { isDeepStrictEqual } from 'node:util'
import type { KubeObject, ObjectReference } from '../kube/kube-object.ts'
import type { ObjectSource } from '../kube/object-source.ts'
import type { AddressPool } from './address-pool.ts'
import { takenAddresses } from './taken-addresses.ts'

const serviceKind = { group: '', kind: 'Service' }

interface ServiceParts {
  readonly spec?: { readonly type?: string; readonly loadBalancerIP?: string }
  readonly status?: {
    readonly loadBalancer?: { readonly ingress?: readonly { ip?: string }[] }
    readonly conditions?: readonly PortCondition[]
  }
}

/** A port of a Service that is served elsewhere because the process may not bind it. */
export interface MovedPort {
  readonly address: string
  readonly declaredPort: number
  readonly port: number
}

interface PortCondition {
  /** `sluice.dev/Port80Moved` for port 80. */
  readonly type: string
  readonly status: 'True'
  /** `ServedAt8080`. */
  readonly reason: string
  readonly message: string
  readonly lastTransitionTime: string
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
  readonly #now: () => number
  #moved: readonly MovedPort[] = []
  #unsubscribe: (() => void) | undefined

  constructor(
    source: ObjectSource,
    pool: AddressPool,
    options: { readonly fixedAddress: string | undefined; readonly now: () => number },
  ) {
    this.#source = source
    this.#pool = pool
    this.#fixedAddress = options.fixedAddress
    this.#now = options.now
  }

  /** Says in the Services' status which ports are served elsewhere. */
  setMovedPorts(moved: readonly MovedPort[]): void {
    if (isDeepStrictEqual(moved, this.#moved)) return
    this.#moved = moved
    for (const service of this.#source.list(serviceKind)) this.#assign(service)
  }

  start(): void {
    for (const service of this.#source.list(serviceKind)) this.#assign(service)
    this.#unsubscribe = this.#source.subscribe(({ type, kind, object }) => {
      if (kind.group !== '' || kind.kind !== 'Service') return
      if (type !== 'deleted') this.#assign(object)
      if (type !== 'added') this.#assignWaiting()
    })
  }

  stop(): void {
    this.#unsubscribe?.()
  }

  /** An address that became free goes to a Service that has waited for one. */
  #assignWaiting(): void {
    for (const service of this.#source.list(serviceKind)) {
      const waits = isLoadBalancer(service) && addressOf(service) === undefined
      if (waits && this.#choose(service, undefined) !== undefined) this.#assign(service)
    }
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
    if (address === undefined) {
      this.#source.recordEvent(reference, {
        type: 'Warning',
        reason: 'AddressPoolExhausted',
        message: 'The address pool is used up; start with a larger --address-pool.',
        reportingComponent: 'sluice',
      })
      return
    }
    const conditions = this.#conditionsOf(service, address)
    this.#tellOf(service, reference, { address, conditions })
    this.#source.writeStatus(reference, {
      loadBalancer: { ingress: [{ ip: address }] },
      ...(conditions.length > 0 ? { conditions } : {}),
    })
  }

  /** What people look for in `kubectl describe`, which shows no conditions of Services. */
  #tellOf(
    service: KubeObject,
    reference: ObjectReference,
    { address, conditions }: { address: string; conditions: readonly PortCondition[] },
  ): void {
    const { spec, status } = service as ServiceParts
    const tell = (reason: string, message: string) =>
      this.#source.recordEvent(reference, {
        ...{ type: 'Warning', reason, message, reportingComponent: 'sluice' },
      })
    const wanted = spec?.loadBalancerIP
    if (wanted && wanted !== address && addressOf(service) !== address) {
      tell(
        'AddressNotAvailable',
        `spec.loadBalancerIP ${wanted} is taken, or no address that Sluice gives; ${address} is given instead.`,
      )
    }
    for (const { type, reason, message } of conditions) {
      const known = status?.conditions?.some((each) => each.type === type && each.reason === reason)
      if (known !== true) tell('PortMoved', message)
    }
  }

  #conditionsOf(service: KubeObject, address: string): PortCondition[] {
    const known = (service as ServiceParts).status?.conditions ?? []
    return this.#moved
      .filter((moved) => moved.address === address || this.#fixedAddress !== undefined)
      .map(({ declaredPort, port }) => {
        const type = `sluice.dev/Port${declaredPort}Moved`
        const reason = `ServedAt${port}`
        const message =
          `Port ${declaredPort} may not be bound by this user and is served at ${port}. ` +
          `To lift that: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=${Math.min(declaredPort, 80)}`
        const same = known.find((each) => each.type === type && each.reason === reason)
        const lastTransitionTime =
          same?.lastTransitionTime ?? new Date(this.#now()).toISOString().replace(/\.\d+Z$/, 'Z')
        return { type, status: 'True', reason, message, lastTransitionTime }
      })
  }

  #choose(service: KubeObject, current: string | undefined): string | undefined {
    if (this.#fixedAddress !== undefined) return this.#fixedAddress
    const taken = takenAddresses(this.#source, service.metadata.uid)
    const wanted = (service as ServiceParts).spec?.loadBalancerIP ?? current
    if (wanted !== undefined && this.#pool.contains(wanted) && !taken.has(wanted)) return wanted
    return this.#pool.next(taken)
  }
}
