import type { KubeObject, ObjectReference } from '../../../../kube/kube-object.ts'
import type { RouteOptions } from '../../../gloo-core/kinds/options/route-options.ts'
import { fillOptions, type OptionSet } from '../../../gloo-core/options/option-set.ts'
import type { SpecCache } from '../../../shared/spec-of.ts'
import { mergeOptions } from './merge-options.ts'
import { anyField } from './overrides.ts'

type Options = OptionSet<RouteOptions>

/** The RouteOptions of one of the rules through which requests come. */
export interface OptionLayer {
  readonly route: ObjectReference
  readonly objects: readonly KubeObject[]
  /** Fields, in lower case, that rules further in may set anew. */
  readonly overridable: readonly string[]
}

/** A field of options that those of a rule further out leave without effect. */
export interface HiddenOption {
  /** `namespace/name` of the object. */
  readonly owner: string
  readonly text: string
}

function splitOptions({ values, origins }: Options, overridable: readonly string[]) {
  const isOver = (field: string) =>
    overridable.includes(anyField) || overridable.includes(field.toLowerCase())
  const pick = (isPicked: (field: string) => boolean): Options => {
    const only = <Value>(fields: Readonly<Record<string, Value>>) =>
      Object.fromEntries(Object.entries(fields).filter(([field]) => isPicked(field)))
    return { values: only({ ...values }), origins: only(origins) }
  }
  return { above: pick(isOver), below: pick((field) => !isOver(field)) }
}

/** Merges the options of rules, innermost first. A rule further out has precedence but for what it lets others set. */
export function inheritOptions(
  specs: SpecCache,
  layers: readonly OptionLayer[],
): { readonly options: Options; readonly hidden: readonly HiddenOption[] } {
  const [innermost, ...others] = layers
  let { options } = mergeOptions<RouteOptions>(specs, innermost?.objects ?? [])
  const hidden: HiddenOption[] = []
  for (const { route, objects, overridable } of others) {
    if (objects.length === 0) continue
    const inner = options
    const { above, below } = splitOptions(inner, overridable)
    const outer = mergeOptions<RouteOptions>(specs, objects).options
    options = fillOptions(fillOptions(above, outer), below)
    hidden.push(...findHidden(inner, options, route))
  }
  return { options, hidden }
}

const findHidden = (
  inner: Options,
  merged: Options,
  { namespace, name }: ObjectReference,
): readonly HiddenOption[] =>
  Object.keys(inner.values).flatMap((field) => {
    const origin = inner.origins[field]
    if (origin === undefined) return []
    const owner = `${origin.namespace}/${origin.name}`
    const inForce = merged.origins[field]
    if (inForce && `${inForce.namespace}/${inForce.name}` === owner) return []
    const text = `${field} of RouteOption '${owner}' not in force on requests that HTTPRoute '${namespace}/${name}' hands over, because options of that route set the same`
    return [{ owner, text }]
  })
