import type { Problem } from '../../conditions.ts'
import type { TranslatedRule } from './rule-routes.ts'

/** What is said of the rules of a route at one parent. */
export interface RouteConditions {
  /** Goes into the condition Accepted. */
  readonly accepted: Problem | undefined
  readonly resolvedRefs: Problem | undefined
  readonly partiallyInvalid: Problem | undefined
  /** What operators should know although the route itself is right. */
  readonly remarks: readonly string[]
}

const maxMessages = 10

/** One problem that names all; the first one gives the reason. */
export function joinProblems(problems: readonly Problem[]): Problem | undefined {
  const [first] = problems
  if (first === undefined) return undefined
  const messages = [...new Set(problems.map(({ message }) => message))]
  const more = messages.length - maxMessages
  const shown = messages.slice(0, maxMessages).join('; ')
  return { reason: first.reason, message: more > 0 ? `${shown}; and ${more} more` : shown }
}

/** What is said of rules. */
export function conditionsOf(rules: readonly TranslatedRule[]): RouteConditions {
  const drafts = rules.map(({ draft }) => draft)
  const dropped = rules.flatMap((rule) => rule.dropped ?? [])
  const unsupported = drafts.flatMap((draft) => draft.unsupported)
  const [firstDropped] = dropped
  const isAllDropped =
    rules.every(({ routes }) => routes.length === 0) && firstDropped !== undefined
  return {
    accepted: isAllDropped
      ? { reason: 'UnsupportedValue', message: firstDropped }
      : joinProblems(unsupported),
    resolvedRefs: joinProblems(drafts.flatMap(({ unresolved }) => unresolved)),
    remarks: drafts.flatMap((draft) => draft.remarks),
    partiallyInvalid:
      firstDropped === undefined || isAllDropped
        ? undefined
        : { reason: 'UnsupportedValue', message: `Dropped Rule: ${dropped.join('; ')}` },
  }
}
