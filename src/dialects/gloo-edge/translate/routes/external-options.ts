import type { KubeObject } from '../../../../kube/kube-object.ts'
import { specOf } from '../../../shared/spec-of.ts'
import { texts } from '../../conditions.ts'
import type { RouteOptionSpec } from '../../kinds/external-options.ts'
import { adviceOf, protectionsOf } from '../policies/protection.ts'
import { containFailure, type Problem } from '../problem.ts'
import { edgeGroup } from '../source.ts'
import { optionSetOf } from './option-set.ts'

/** What is to be said of a RouteOption or VirtualHostOption itself, whoever refers to it. */
export function problemsOfOptions(object: KubeObject): readonly Problem[] {
  const { kind, metadata } = object
  const { namespace = '', name } = metadata
  const owner = { group: edgeGroup, kind, namespace, name }
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
