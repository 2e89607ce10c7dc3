import type { ObjectReference } from '../../../../kube/kube-object.ts'
import type { Problem } from '../../conditions.ts'
import type { DelegatedRoute } from '../rules/delegation/delegated-route.ts'
import { joinProblems, type RouteConditions } from '../rules/route-conditions.ts'
import { displayName } from '../source.ts'
import type { AttachedRoute } from './attached-routes.ts'

/** A route at one of those that hand requests to it. */
export interface Delegation {
  readonly parent: ObjectReference
  readonly controllerName: string
  readonly conditions: RouteConditions
  /** Why it takes no requests of the parent. */
  readonly problem: Problem | undefined
}

/** One way by which a route is reached. */
interface Way {
  readonly controllerName: string
  readonly delegated: DelegatedRoute
}

const keyOf = ({ kind, namespace, name }: ObjectReference) => `${kind} ${namespace}/${name}`

const none: readonly Delegation[] = []

/** The routes that others hand requests to. Ways that lead from one route to another more than once are one. */
export class Delegations {
  readonly #byRoute = new Map<string, readonly Delegation[]>()

  constructor(attached: readonly AttachedRoute[]) {
    const found: Way[] = []
    for (const { attachments } of attached) {
      for (const { gateway, translated, problem } of attachments) {
        if (problem !== undefined) continue
        const { controllerName } = gateway.profile
        for (const delegated of translated.delegated) found.push({ controllerName, delegated })
      }
    }
    for (const [key, ways] of Map.groupBy(found, ({ delegated }) => keyOf(delegated.route))) {
      const byParent = Map.groupBy(
        ways,
        ({ controllerName, delegated }) => `${controllerName} ${keyOf(delegated.parent)}`,
      )
      const delegations = [...byParent.values()].flatMap(([first, ...others]) =>
        first === undefined ? [] : [merge(first, others)],
      )
      this.#byRoute.set(key, delegations)
    }
  }

  of(route: ObjectReference): readonly Delegation[] {
    return this.#byRoute.get(keyOf(route)) ?? none
  }
}

function merge(first: Way, others: readonly Way[]): Delegation {
  const { controllerName, delegated } = first
  const { parent } = delegated
  const ways = [delegated, ...others.map((way) => way.delegated)]
  const all = ways.map(({ conditions }) => conditions)
  const matched = new Set(ways.flatMap((way) => [...way.matched]))
  const unmatched = [...new Set(ways.flatMap(({ rules }) => [...rules]))].filter(
    (index) => !matched.has(index),
  )
  const refusal = ways.map((way) => way.refusal).find((each) => each !== undefined)
  const problem = refusal ?? (matched.size === 0 ? unmatchedBy(parent) : undefined)
  return {
    ...{ parent, controllerName, problem },
    conditions: {
      accepted: joinProblems(all.flatMap(({ accepted = [] }) => accepted)),
      resolvedRefs: joinProblems(all.flatMap(({ resolvedRefs = [] }) => resolvedRefs)),
      partiallyInvalid: joinProblems(all.flatMap(({ partiallyInvalid = [] }) => partiallyInvalid)),
      remarks: [
        ...all.flatMap(({ remarks }) => remarks),
        ...unmatched.map(
          (index) =>
            `spec.rules[${index}] has no match that lies below one of ${displayName(parent)}`,
        ),
      ],
    },
  }
}

const unmatchedBy = (parent: ObjectReference): Problem => ({
  reason: 'NoMatchingParent',
  message: `no match of the route lies below one of ${displayName(parent)} with the path, headers, query parameters and method that stand there`,
})
