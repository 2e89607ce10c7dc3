import type { Backend } from '../../../../ir/backend.ts'
import type { Origin } from '../../../../ir/origin.ts'
import type { PolicyConfig } from '../../../../ir/policy.ts'
import type { RouteAction, UnavailableAction } from '../../../../ir/route.ts'
import type { GroupKind } from '../../../../kube/kube-object.ts'
import type { Problem } from '../../conditions.ts'
import type { RouteEffect, UnresolvedReference } from '../../contribution.ts'

/** Where a rule or a part of it stands, and of which kind of route. */
export type RulePlace = Origin & {
  readonly routeKind: GroupKind
  /** Tells one use of the rule from others: the id of the rule that hands requests to it. */
  readonly under?: string
}

/** The place of a field below another place. */
export const placeBelow = (place: RulePlace, field: string): RulePlace => ({
  ...place,
  fieldPath: `${place.fieldPath}.${field}`,
})

/** The origin that IR nodes carry. */
export const originOf = ({ kind, namespace, name, fieldPath }: Origin): Origin => ({
  kind,
  namespace,
  name,
  fieldPath,
})

/** Unique for every place of the configuration. */
export const idOf = ({
  kind,
  namespace,
  name,
  fieldPath,
  under,
}: Origin & Pick<RulePlace, 'under'>) => {
  const id = `gateway-api/${kind}/${namespace}/${name}/${fieldPath}`
  return under === undefined ? id : `${id}@${under}`
}

/** Collects what one rule needs, and what is wrong with it. */
export class RuleDraft {
  readonly policies: PolicyConfig[] = []
  readonly policyIds: string[] = []
  readonly backends: Backend[] = []
  readonly secretIds: string[] = []
  readonly changes: ((action: RouteAction) => RouteAction)[] = []
  /** References that lead nowhere. */
  readonly unresolved: Problem[] = []
  /** What the rule asks for that is not supported. */
  readonly unsupported: Problem[] = []
  /** What operators should know although the rule itself is right. */
  readonly remarks: string[] = []
  /** Set: every request of the rule is answered with it. */
  unavailable: UnavailableAction | undefined
  readonly #unavailableStatus: number

  /** `unavailableStatus` answers requests that cannot be served. */
  constructor(unavailableStatus: number) {
    this.#unavailableStatus = unavailableStatus
  }

  /** The answer for requests that cannot be served because of `message`. */
  unavailableWith(code: UnavailableAction['code'], message: string): UnavailableAction {
    return { type: 'unavailable', code, status: this.#unavailableStatus, message }
  }

  addPolicy(policy: PolicyConfig): void {
    this.policies.push(policy)
    this.policyIds.push(policy.id)
  }

  addUnresolved({ reason, message }: UnresolvedReference): void {
    this.unresolved.push({ reason, message })
  }

  /** The rule asks for something that cannot be done: its requests fail rather than go on without it. */
  refuse(problem: Problem): void {
    this.unsupported.push(problem)
    this.unavailable ??= this.unavailableWith('configuration-error', problem.message)
  }

  /** Takes in what an effect brings; its policies are the caller's to refer to. */
  addParts({ policies, backends = [], secretIds = [], failure }: RouteEffect): void {
    this.policies.push(...policies)
    this.backends.push(...backends)
    this.secretIds.push(...secretIds)
    if (failure !== undefined) {
      this.unavailable ??= this.unavailableWith('configuration-error', failure)
    }
  }

  /** Makes an effect hold for the whole rule. */
  addEffect(effect: RouteEffect): void {
    this.addParts(effect)
    this.policyIds.push(...effect.policies.map(({ id }) => id))
    if (effect.changeAction !== undefined) this.changes.push(effect.changeAction)
  }
}
