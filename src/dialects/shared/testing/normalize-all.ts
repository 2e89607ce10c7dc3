import type { KindDefinition } from '../../../kube/kind-definition.ts'
import type { KubeObject } from '../../../kube/kube-object.ts'
import { groupOf } from '../../../kube/object-key.ts'

/** The objects in the form that the API server would store them in, as far as their kinds normalise them. */
export const normalizeAll = (
  kinds: readonly KindDefinition[],
  objects: readonly KubeObject[],
): readonly KubeObject[] =>
  objects.map((object) => {
    const kind = kinds.find(
      (each) => each.kind === object.kind && each.group === groupOf(object.apiVersion),
    )
    return kind?.normalize?.(object).object ?? object
  })
