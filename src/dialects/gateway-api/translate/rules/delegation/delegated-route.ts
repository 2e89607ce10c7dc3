import type { ObjectReference } from '../../../../../kube/kube-object.ts'
import type { Problem } from '../../../conditions.ts'
import { conditionsOf, type RouteConditions } from '../route-conditions.ts'
import type { TranslatedRule } from '../rule-routes.ts'

/** A route as one of its parents hands requests to it. */
export interface DelegatedRoute {
  readonly route: ObjectReference
  readonly parent: ObjectReference
  readonly conditions: RouteConditions
  /** Why it takes no requests of the parent at all. */
  readonly refusal: Problem | undefined
  /** Indexes of its rules. */
  readonly rules: ReadonlySet<number>
  /** Those that take requests of the parent. */
  readonly matched: ReadonlySet<number>
}

/** Collects what is to be said of a route at one of its parents. */
export class DelegatedRouteDraft {
  readonly #route: ObjectReference
  readonly #parent: ObjectReference
  readonly #translated: TranslatedRule[] = []
  readonly #rules = new Set<number>()
  readonly #matched = new Set<number>()
  #refusal: Problem | undefined

  constructor(route: ObjectReference, parent: ObjectReference) {
    this.#route = route
    this.#parent = parent
  }

  addUnmatched(index: number): void {
    this.#rules.add(index)
  }

  addRule(index: number, rule: TranslatedRule): void {
    this.#rules.add(index)
    this.#matched.add(index)
    this.#translated.push(rule)
  }

  refuse(problem: Problem): void {
    this.#refusal ??= problem
  }

  finish(): DelegatedRoute {
    return {
      route: this.#route,
      parent: this.#parent,
      conditions: conditionsOf(this.#translated),
      refusal: this.#refusal,
      rules: this.#rules,
      matched: this.#matched,
    }
  }
}
