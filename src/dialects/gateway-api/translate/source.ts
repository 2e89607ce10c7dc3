import type { GroupKind, KubeObject, ObjectReference } from '../../../kube/kube-object.ts'
import { endpointSliceKind, groupSlices } from '../../core/services.ts'
import type { ObjectView } from '../../dialect.ts'
import type { Computation } from '../../shared/computation.ts'
import type { SpecCache } from '../../shared/spec-of.ts'
import type { Contribution, ContributionMoment, ControllerProfile } from '../contribution.ts'
import { TlsPolicyIndex } from './backends/tls-policy-index.ts'

/** What this dialect's translation reads from. */
export interface Source {
  readonly objects: ObjectView
  readonly specs: SpecCache
  readonly findSlices: (service: KubeObject) => readonly KubeObject[]
  readonly tlsPolicies: TlsPolicyIndex
  readonly contributions: ContributionTable
}

/** A computation of this dialect. */
export type Scope = Computation<Source>

/** Who finds the routes to which references of a kind hand requests, at gateways of which controllers. */
interface Delegator extends GroupKind {
  readonly controllers: readonly ControllerProfile[]
  readonly moment: ContributionMoment
}

/** The contributions of one moment, by what they answer for. */
export class ContributionTable {
  readonly profiles: readonly ControllerProfile[]
  readonly moments: readonly ContributionMoment[]
  readonly #owners: ReadonlyMap<string, ContributionMoment>
  /** By kind: hardly any reference is of one of them. */
  readonly #delegators: ReadonlyMap<string, readonly Delegator[]>

  constructor(
    entries: readonly {
      readonly contribution: Contribution
      readonly moment: ContributionMoment
    }[],
  ) {
    this.profiles = entries.flatMap(({ contribution }) => contribution.controllers ?? [])
    this.moments = entries.map(({ moment }) => moment)
    this.#owners = new Map(
      entries.flatMap(({ contribution, moment }) =>
        (['backends', 'filters', 'parameters'] as const).flatMap((role) =>
          (contribution[role] ?? []).map((kind) => [ownerKey(role, kind), moment] as const),
        ),
      ),
    )
    const delegators = entries.flatMap(
      ({ contribution: { controllers = [], delegates = [] }, moment }) =>
        delegates.map((kind): Delegator => ({ ...kind, controllers, moment })),
    )
    this.#delegators = Map.groupBy(delegators, ({ kind }) => kind)
  }

  /** The contribution that answers for a kind in a role; undefined: nobody does. */
  ownerOf(
    role: 'backends' | 'filters' | 'parameters',
    kind: GroupKind,
  ): ContributionMoment | undefined {
    return this.#owners.get(ownerKey(role, kind))
  }

  /** The contribution that finds the routes to which a reference of a kind hands requests; undefined: it is no such kind. */
  delegatorOf(
    profile: ControllerProfile,
    { group, kind }: GroupKind,
  ): ContributionMoment | undefined {
    return this.#delegators
      .get(kind)
      ?.find((each) => each.group === group && each.controllers.includes(profile))?.moment
  }
}

const ownerKey = (role: string, { group, kind }: GroupKind) => `${role} ${group}/${kind}`

/** Opens the objects of one moment for reading. */
export function createSource(
  objects: ObjectView,
  specs: SpecCache,
  contributions: ContributionTable,
): Source {
  return {
    objects,
    specs,
    findSlices: groupSlices(objects.list(endpointSliceKind)),
    tlsPolicies: new TlsPolicyIndex(objects, specs),
    contributions,
  }
}

/** The reference of an object of a known kind. */
export function referenceOf(object: KubeObject, { group, kind }: GroupKind): ObjectReference {
  const { namespace = '', name } = object.metadata
  return { group, kind, namespace, name }
}

/** How messages name an object. */
export const displayName = ({
  kind,
  namespace,
  name,
}: {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}) => `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
