import type { KubeObject } from '../../../../kube/kube-object.ts'
import { fillOptions, type OptionSet, optionSetOf } from '../../../gloo-core/options/option-set.ts'
import type { SpecCache } from '../../../shared/spec-of.ts'

interface Merged<Options extends object> {
  readonly options: OptionSet<Options>
  /** Objects of which something is in force. */
  readonly used: readonly KubeObject[]
  /** Objects of which others set every field already. */
  readonly ignored: readonly KubeObject[]
  /** Of the objects in use the fields that others set already. */
  readonly hidden: readonly HiddenFields[]
}

/** Fields of an object that are not in force. */
export interface HiddenFields {
  readonly object: KubeObject
  readonly fields: readonly string[]
}

/** The options of an object with the place of each. */
export function optionsOf<Options extends object>(
  specs: SpecCache,
  object: KubeObject,
): OptionSet<Options> {
  const { options } = specs.get<{ readonly options?: Options }>(object)
  const { namespace = '', name } = object.metadata
  const origin = { kind: object.kind, namespace, name, fieldPath: 'spec.options' }
  return optionSetOf((options ?? {}) as Options, origin)
}

/** Merges options field by field; those of earlier objects stand. */
export function mergeOptions<Options extends object>(
  specs: SpecCache,
  objects: readonly KubeObject[],
): Merged<Options> {
  let options: OptionSet<Options> = { values: {} as Options, origins: {} }
  const used: KubeObject[] = []
  const ignored: KubeObject[] = []
  const hidden: HiddenFields[] = []
  for (const object of objects) {
    const own = optionsOf<Options>(specs, object)
    const filled = fillOptions(options, own)
    const adds = filled !== options || used.length === 0
    ;(adds ? used : ignored).push(object)
    const fields = Object.keys(own.values).filter(
      (field) => filled.origins[field] !== own.origins[field],
    )
    if (adds && fields.length > 0) hidden.push({ object, fields })
    options = filled
  }
  return { options, used, ignored, hidden }
}
