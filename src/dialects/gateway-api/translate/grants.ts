import type { GroupKind, ObjectReference } from '../../../kube/kube-object.ts'
import type { ReferenceGrantSpec } from '../kinds/reference-grant.ts'
import { referenceGrantKind } from '../names.ts'
import type { Scope } from './source.ts'

/** Whether an object of `from` may refer to `to`: always in one namespace, else by a ReferenceGrant beside `to`. */
export function isGranted(
  scope: Scope,
  from: GroupKind & { readonly namespace: string },
  to: ObjectReference,
): boolean {
  if (from.namespace === to.namespace) return true
  const key = `grant ${JSON.stringify([from.group, from.kind, from.namespace, to.group, to.kind, to.namespace, to.name])}`
  return scope.read(key, ({ objects, specs }) =>
    objects
      .list(referenceGrantKind)
      .filter(({ metadata }) => metadata.namespace === to.namespace)
      .some((grant) => {
        const spec = specs.get<Partial<ReferenceGrantSpec>>(grant)
        const isFrom = (spec.from ?? []).some(
          ({ group, kind, namespace }) =>
            group === from.group && kind === from.kind && namespace === from.namespace,
        )
        return (
          isFrom &&
          (spec.to ?? []).some(
            ({ group, kind, name }) =>
              group === to.group && kind === to.kind && (name === undefined || name === to.name),
          )
        )
      }),
  )
}
