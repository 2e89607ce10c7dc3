import type { GroupKind, KubeObject, ObjectReference } from '../../../kube/kube-object.ts'
import type { ObjectView } from '../../dialect.ts'
import { gatewayKind, httpRouteKind } from '../../gateway-api/names.ts'
import { containFailure } from '../../gateway-api/translate/contain-failure.ts'
import {
  httpListenerOptionKind,
  listenerOptionKind,
  routeOptionKind,
  virtualHostOptionKind,
} from '../../gloo-core/kinds/option-kinds.ts'
import type { SpecCache } from '../../shared/spec-of.ts'

/** A target as options name it. */
export interface TargetReference {
  readonly group?: string
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
  readonly sectionName?: string
}

interface OptionSpec {
  readonly targetRefs?: readonly TargetReference[]
}

/** Options on an object, or on a section of it. */
interface Attached {
  readonly object: KubeObject
  readonly sectionName: string | undefined
}

/** Options of a kind target one kind of objects only. */
const keyOf = (options: GroupKind, namespace: string, name: string) =>
  `${options.kind} ${namespace}/${name}`

const none: readonly KubeObject[] = []

const targetKinds: readonly (readonly [options: GroupKind, target: GroupKind])[] = [
  [routeOptionKind, httpRouteKind],
  [virtualHostOptionKind, gatewayKind],
  [listenerOptionKind, gatewayKind],
  [httpListenerOptionKind, gatewayKind],
]

/** The kind of objects that options of a kind may target. */
export const targetKindOf = ({ kind }: GroupKind): GroupKind | undefined =>
  targetKinds.find(([options]) => options.kind === kind)?.[1]

/** What is wrong with a target; undefined: nothing that the reference itself says. */
export function findTargetError(
  target: TargetReference,
  kind: GroupKind,
  namespace: string,
): string | undefined {
  if (target.group !== kind.group || target.kind !== kind.kind) {
    return `targetRefs names ${target.kind ?? 'nothing'} ${target.name ?? ''} of group '${target.group ?? ''}'; only ${kind.kind} of group '${kind.group}' can be targeted`
  }
  return target.namespace && target.namespace !== namespace
    ? `targetRefs names ${kind.kind} ${target.namespace}/${target.name ?? ''}; options hold on objects of their own namespace only`
    : undefined
}

/** Which options target what, oldest first. */
export class Attachments {
  readonly #byTarget = new Map<string, Attached[]>()

  constructor(objects: ObjectView, specs: SpecCache) {
    for (const [options, target] of targetKinds) {
      for (const object of objects.list(options)) {
        containFailure(
          () => this.#add(specs, object, options, target),
          // Its status says so.
          () => undefined,
        )
      }
    }
  }

  /** RouteOptions on a whole HTTPRoute. */
  onRoute({ namespace, name }: ObjectReference): readonly KubeObject[] {
    if (this.#byTarget.size === 0) return none
    const attached = this.#byTarget.get(keyOf(routeOptionKind, namespace, name))
    return attached === undefined ? none : [...new Set(attached.map(({ object }) => object))]
  }

  /** Options of a kind on listeners of a Gateway: those of the sections first. */
  onListeners(
    kind: GroupKind,
    { namespace, name }: ObjectReference,
    sectionNames: readonly string[],
  ): readonly KubeObject[] {
    const attached = this.#byTarget.get(keyOf(kind, namespace, name)) ?? []
    const sections = attached.filter(
      ({ sectionName }) => sectionName !== undefined && sectionNames.includes(sectionName),
    )
    const whole = attached.filter(({ sectionName }) => sectionName === undefined)
    return [...new Set([...sections, ...whole].map(({ object }) => object))]
  }

  #add(specs: SpecCache, object: KubeObject, options: GroupKind, target: GroupKind): void {
    const { namespace = '' } = object.metadata
    for (const reference of specs.get<OptionSpec>(object).targetRefs ?? []) {
      if (findTargetError(reference, target, namespace) !== undefined) continue
      const key = keyOf(options, namespace, reference.name ?? '')
      const entry = { object, sectionName: reference.sectionName || undefined }
      const known = this.#byTarget.get(key)
      if (known === undefined) this.#byTarget.set(key, [entry])
      else known.push(entry)
    }
  }
}
