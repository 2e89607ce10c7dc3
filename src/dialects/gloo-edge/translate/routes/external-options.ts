import type { KubeObject } from '../../../../kube/kube-object.ts'
import type { RouteOptionSpec } from '../../../gloo-core/kinds/options/option-kinds.ts'
import { adviceOf, protectionsOf } from '../../../gloo-core/options/access/protection.ts'
import { optionSetOf } from '../../../gloo-core/options/option-set.ts'
import { optionsGroup } from '../../../gloo-core/options/source.ts'
import { texts } from '../../../gloo-core/options/texts.ts'
import { specOf } from '../../../shared/spec-of.ts'
import { containFailure, type Problem } from '../problem.ts'

/** What is to be said of a RouteOption or VirtualHostOption itself, whoever refers to it. */
export function problemsOfOptions(object: KubeObject): readonly Problem[] {
  const { kind, metadata } = object
  const { namespace = '', name } = metadata
  const owner = { group: optionsGroup, kind, namespace, name }
  const origin = { kind, namespace, name, fieldPath: 'spec.options' }
  return containFailure(
    owner,
    () =>
      protectionsOf(optionSetOf(specOf<RouteOptionSpec>(object).options ?? {}, origin), origin)
        .filter(({ wanted }) => wanted)
        .map((protection): Problem => {
          const text = texts.optionUnprotected(adviceOf(protection))
          return { severity: 'warning', owner, text }
        }),
    (problem) => [problem],
  )
}
