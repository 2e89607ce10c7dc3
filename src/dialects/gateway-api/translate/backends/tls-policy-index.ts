import type { KubeObject } from '../../../../kube/kube-object.ts'
import type { ObjectView } from '../../../dialect.ts'
import type { SpecCache } from '../../../shared/spec-of.ts'
import type { BackendTlsPolicySpec } from '../../kinds/specs/backend-tls-policy-spec.ts'
import { backendTlsPolicyKind } from '../../names.ts'

/** A policy that targets a Service, and which of its ports. */
export interface TargetingPolicy {
  readonly policy: KubeObject
  /** The name of a port; undefined: every port. */
  readonly sectionName: string | undefined
}

/** The BackendTLSPolicies of one moment by the Services that they target, oldest first. */
export class TlsPolicyIndex {
  readonly #specs: SpecCache
  readonly #byService = new Map<string, TargetingPolicy[]>()

  constructor(objects: ObjectView, specs: SpecCache) {
    this.#specs = specs
    for (const policy of objects.list(backendTlsPolicyKind)) {
      const { targetRefs = [] } = this.specOf(policy)
      for (const { group, kind, name, sectionName } of targetRefs) {
        if (group !== '' || kind !== 'Service') continue
        const key = `${policy.metadata.namespace}/${name}`
        const known = this.#byService.get(key)
        const entry = { policy, sectionName }
        if (known === undefined) this.#byService.set(key, [entry])
        else known.push(entry)
      }
    }
  }

  specOf(policy: KubeObject): Partial<BackendTlsPolicySpec> {
    return this.#specs.get<Partial<BackendTlsPolicySpec>>(policy)
  }

  /** Every policy that targets the Service. */
  targeting(namespace: string, service: string): readonly TargetingPolicy[] {
    return this.#byService.get(`${namespace}/${service}`) ?? []
  }

  /** The policy in force for a port: one for the port by name before one for the Service, the oldest of each. */
  inForce(namespace: string, service: string, portName: string): KubeObject | undefined {
    const all = this.targeting(namespace, service)
    const found =
      all.find(({ sectionName }) => sectionName !== undefined && sectionName === portName) ??
      all.find(({ sectionName }) => sectionName === undefined)
    return found?.policy
  }
}
