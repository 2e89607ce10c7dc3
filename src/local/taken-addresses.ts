import type { ObjectSource } from '../kube/object-source.ts'

interface Addressed {
  readonly spec?: { readonly type?: string }
  readonly status?: {
    readonly podIP?: string
    readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] }
  }
}

/** Addresses of the pool that Services and pods have, but for those of the object `exceptUid`. */
export function takenAddresses(source: ObjectSource, exceptUid: string | undefined): Set<string> {
  const services = source.list({ group: '', kind: 'Service' })
  const pods = source.list({ group: '', kind: 'Pod' })
  const others = [...services, ...pods].filter(({ metadata }) => metadata.uid !== exceptUid)
  return new Set(others.map(addressOf).filter((address) => address !== undefined))
}

function addressOf(object: object): string | undefined {
  const { spec, status } = object as Addressed
  if (status?.podIP !== undefined) return status.podIP
  return spec?.type === 'LoadBalancer' ? status?.loadBalancer?.ingress?.[0]?.ip : undefined
}
