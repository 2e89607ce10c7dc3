import type { ObjectReference } from '../../../kube/kube-object.ts'
import type { ContributedRule, PolicyTarget, RouteEffect } from '../contribution.ts'
import type { Scope } from './source.ts'

const none: readonly RouteEffect[] = []

/** What contributed policies add to a target, most specific and most important first. */
export function effectsOf(scope: Scope, target: PolicyTarget): readonly RouteEffect[] {
  const { moments } = scope.source.contributions
  // Which contributions know policies never changes.
  if (moments.every(({ findEffects }) => findEffects === undefined)) return none
  const { kind, namespace, name } = target.reference
  const key = `effects on ${kind} ${namespace}/${name} ${target.sectionName ?? ''}`
  return scope.read(key, ({ contributions }) =>
    contributions.moments.flatMap((moment) => moment.findEffects?.(target) ?? []),
  )
}

/** What contributed policies add to a rule at a listener. */
export function ruleEffectsOf(
  { source }: Scope,
  rule: ContributedRule,
  listener: PolicyTarget,
): readonly RouteEffect[] {
  let effects = none
  for (const moment of source.contributions.moments) {
    const found = moment.findRuleEffects?.(rule, listener) ?? none
    if (found.length > 0) effects = effects.length === 0 ? found : [...effects, ...found]
  }
  return effects
}

/** What contributions want operators to know of a route. */
export const remarksOn = ({ source }: Scope, route: ObjectReference): readonly string[] =>
  source.contributions.moments.flatMap((moment) => moment.findRemarks?.(route) ?? [])
