import type { Origin } from '../../../../ir/origin.ts'
import type { RouteOptionSpec } from '../../../gloo-core/kinds/option-kinds.ts'
import type { RouteOptions } from '../../../gloo-core/kinds/options/route-options.ts'
import { nameOf } from '../../../gloo-core/options/headers/read-header-secret.ts'
import { fillOptions, type OptionSet, optionSetOf } from '../../../gloo-core/options/option-set.ts'
import { fieldOf } from '../../../gloo-core/options/place.ts'
import type { Scope } from '../../../gloo-core/options/source.ts'
import { resolveReference } from '../../../gloo-core/reference.ts'
import { specOf } from '../../../shared/spec-of.ts'
import { texts } from '../../conditions.ts'
import type { RouteInput } from './route-context.ts'

interface Refs {
  readonly delegateOptions?: readonly { readonly name?: string; readonly namespace?: string }[]
}

/** Fills `own` with the options of the objects that `refs` name; earlier ones win. */
export function fillFromReferences<Options extends object>(
  scope: Scope,
  own: OptionSet<Options>,
  input: {
    readonly refs: Refs | undefined
    readonly kind: 'RouteOption' | 'VirtualHostOption' | 'HttpListenerOption'
    readonly namespace: string
    readonly warn: (text: string) => void
  },
): OptionSet<Options> {
  const { refs, kind, namespace, warn } = input
  let options = own
  for (const value of refs?.delegateOptions ?? []) {
    const reference = resolveReference(value, namespace)
    const object =
      reference &&
      scope.read(`${kind} ${reference.namespace}/${reference.name}`, ({ objects }) =>
        objects.get({ group: 'gateway.solo.io', kind }, reference.namespace, reference.name),
      )
    if (reference === undefined || object === undefined) {
      const listed = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}`
      warn(texts.listDidNotFind(listed, nameOf(reference)))
      continue
    }
    const { options: values } = specOf<RouteOptionSpec>(object)
    const origin: Origin = { kind, ...reference, fieldPath: 'spec.options' }
    options = fillOptions(options, optionSetOf((values ?? {}) as Options, origin))
  }
  return options
}

/** The options in force on a route: its own, those it refers to, those of its parent. */
export function effectiveOptionsOf(
  scope: Scope,
  { route, origin, owner, parent }: RouteInput,
  warn: (text: string) => void,
): OptionSet<RouteOptions> {
  const own = optionSetOf<RouteOptions>(route.options ?? {}, fieldOf(origin, 'options'))
  const filled = fillFromReferences(scope, own, {
    refs: route.optionsConfigRefs,
    kind: 'RouteOption',
    namespace: owner.namespace,
    warn,
  })
  return parent === undefined ? filled : fillOptions(filled, parent.options)
}
