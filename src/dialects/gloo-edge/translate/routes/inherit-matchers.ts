import { texts } from '../../conditions.ts'
import type { Matcher } from '../../kinds/fields/matcher.ts'
import type { Route } from '../../kinds/fields/route.ts'
import { defaultMatcher, pathFieldsOf, pathTextOf } from './matchers.ts'
import type { ParentContext } from './route-context.ts'

type Named = NonNullable<Matcher['headers']>[number]

/** The matchers of a route, or why its parent does not allow them. */
export type MatcherInheritance =
  | { readonly type: 'matchers'; readonly matchers: readonly Matcher[] }
  | { readonly type: 'conflict'; readonly text: string }

const withoutPath = ({ headers, queryParameters, methods }: Matcher): Matcher => ({
  ...(headers === undefined ? {} : { headers }),
  ...(queryParameters === undefined ? {} : { queryParameters }),
  ...(methods === undefined ? {} : { methods }),
})

const pathOf = ({ headers, queryParameters, methods, ...path }: Matcher): Matcher => path

function inheritPath(matchers: readonly Matcher[], parent: Matcher): readonly Matcher[] {
  const inherited = matchers.length === 0 ? [{}] : matchers
  return inherited.map((matcher) => ({ ...withoutPath(matcher), ...pathOf(parent) }))
}

const inheritConditions = (matcher: Matcher, parent: Matcher): Matcher => ({
  ...matcher,
  headers: [...(parent.headers ?? []), ...(matcher.headers ?? [])],
  queryParameters: [...(parent.queryParameters ?? []), ...(matcher.queryParameters ?? [])],
  methods: [...(parent.methods ?? []), ...(matcher.methods ?? [])],
})

const isSameCondition = (left: Named, right: Named) =>
  left.name === right.name &&
  (left.value ?? '') === (right.value ?? '') &&
  (left.regex ?? false) === (right.regex ?? false) &&
  (left.invertMatch ?? false) === (right.invertMatch ?? false)

const containsAll = (child: readonly Named[], parent: readonly Named[]) =>
  parent.every((wanted) => child.some((given) => isSameCondition(given, wanted)))

const namesOf = (conditions: readonly Named[]) =>
  `[${conditions.map(({ name, value }) => (value ? `${name}:${value}` : name)).join(' ')}]`

function findConflict(child: Matcher, parent: Matcher): string | undefined {
  const [path, prefix] = [pathTextOf(child), parent.prefix ?? '']
  if (!path.startsWith(prefix)) return texts.childPrefix(prefix, path)
  if (child.caseSensitive !== parent.caseSensitive) {
    return texts.childCase(parent.caseSensitive, child.caseSensitive)
  }
  const [headers, parentHeaders] = [child.headers ?? [], parent.headers ?? []]
  if (!containsAll(headers, parentHeaders)) {
    return texts.childHeaders(namesOf(parentHeaders), namesOf(headers))
  }
  const [parameters, parentParameters] = [child.queryParameters ?? [], parent.queryParameters ?? []]
  if (!containsAll(parameters, parentParameters)) {
    return texts.childQueryParameters(namesOf(parentParameters), namesOf(parameters))
  }
  const [methods, parentMethods] = [child.methods ?? [], parent.methods ?? []]
  return parentMethods.every((method) => methods.includes(method))
    ? undefined
    : texts.childMethods(parentMethods, methods)
}

/** The matchers of `route` below `parent`. */
export function inheritMatchers(
  route: Route,
  parent: ParentContext | undefined,
): MatcherInheritance {
  const own = route.matchers ?? []
  if (parent === undefined) {
    return { type: 'matchers', matchers: own.length === 0 ? [defaultMatcher] : own }
  }
  const inheritsPath = route.inheritablePathMatchers ?? parent.inheritablePathMatchers
  const paths = inheritsPath ? inheritPath(own, parent.matcher) : own
  const filled = paths.length === 0 ? [defaultMatcher] : paths
  const matchers =
    (route.inheritableMatchers ?? parent.inheritableMatchers)
      ? filled.map((matcher) => inheritConditions(matcher, parent.matcher))
      : filled
  for (const matcher of matchers) {
    const text = findConflict(matcher, parent.matcher)
    if (text !== undefined) return { type: 'conflict', text }
  }
  return { type: 'matchers', matchers }
}

/** The one prefix matcher that a delegating route may have, or what is wrong. */
export function delegateMatcherOf(matchers: readonly Matcher[]): Matcher | string {
  const [matcher, second] = matchers
  if (matcher === undefined) return defaultMatcher
  if (second !== undefined) return texts.delegateMatcherCount
  if (pathFieldsOf(matcher).length === 0) return { ...matcher, ...defaultMatcher }
  return matcher.prefix ? matcher : texts.delegateMatcherPrefix
}
