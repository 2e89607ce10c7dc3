import { compileRegex } from '../../../../../lib/regex/regex.ts'
import type { HttpRouteMatch } from '../../../kinds/specs/http-route-spec.ts'
import { escapeRegex } from '../matches/escape-regex.ts'

type Path = Required<NonNullable<HttpRouteMatch['path']>>
type NamedMatch = NonNullable<HttpRouteMatch['headers']>[number]

const pathOf = ({ path }: HttpRouteMatch): Path => ({ type: 'PathPrefix', value: '/', ...path })

const withoutLastSlash = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : path)

const sameName = (name: string) => name
const sameHeader = (name: string) => name.toLowerCase()

/** Only requests below a path prefix can be handed to other routes. */
export const canDelegate = (match: HttpRouteMatch): boolean => pathOf(match).type === 'PathPrefix'

/** A regular expression for what `inner` matches below a path; undefined: `inner` is none by itself. */
function regexBelow(base: string, inner: string): Path | undefined {
  if ('type' in compileRegex(inner)) return undefined
  // Without a group an alternative could lead out of the path.
  const grouped = inner.includes('|') ? `(?:${inner})` : inner
  return { type: 'RegularExpression', value: `${escapeRegex(base)}/${grouped}` }
}

/** The path of a match as far as it lies below a prefix; undefined: it does not. */
function containedPath(base: string, path: Path): Path | undefined {
  const { type, value } = path
  if (type !== 'RegularExpression') {
    return withoutLastSlash(value) === base || value.startsWith(`${base}/`) ? path : undefined
  }
  if (value === base) return { type, value: escapeRegex(base) }
  return value.startsWith(`${base}/`) ? regexBelow(base, value.slice(base.length + 1)) : undefined
}

/** The path that a match means when its own path begins where a prefix ends. */
function inheritedPath(base: string, { type, value }: Path): Path | undefined {
  const inner = value.startsWith('/') ? value.slice(1) : value
  if (type === 'RegularExpression') return regexBelow(base, inner)
  const joined = withoutLastSlash(`${base}/${inner}`)
  return { type, value: joined === '' ? '/' : joined }
}

const isSame = (left: NamedMatch, right: NamedMatch) =>
  (left.type ?? 'Exact') === (right.type ?? 'Exact') && left.value === right.value

/** Whether a list of conditions holds all of another one. Of a name that stands there again the first one counts. */
function includesAll(
  inner: readonly NamedMatch[],
  outer: readonly NamedMatch[],
  nameOf: (name: string) => string,
): boolean {
  const find = (name: string) => inner.find((each) => nameOf(each.name) === nameOf(name))
  return outer.every((each, index) => {
    const isFirst = outer.findIndex(({ name }) => nameOf(name) === nameOf(each.name)) === index
    const found = find(each.name)
    return !isFirst || (found !== undefined && isSame(found, each))
  })
}

/** Both lists; a name of the outer one is not changed by the inner one. */
const mergeNamed = (
  outer: readonly NamedMatch[],
  inner: readonly NamedMatch[],
  nameOf: (name: string) => string,
): readonly NamedMatch[] => [
  ...outer,
  ...inner.filter(({ name }) => !outer.some((each) => nameOf(each.name) === nameOf(name))),
]

/** What a match of a child takes of the requests of its parent's match; undefined: it asks for others. */
function containMatch(parent: HttpRouteMatch, child: HttpRouteMatch): HttpRouteMatch | undefined {
  const path = containedPath(withoutLastSlash(pathOf(parent).value), pathOf(child))
  const { headers = [], queryParams = [], method } = parent
  const isContained =
    path !== undefined &&
    includesAll(child.headers ?? [], headers, sameHeader) &&
    includesAll(child.queryParams ?? [], queryParams, sameName) &&
    (method === undefined || method === child.method)
  return isContained ? { ...child, path } : undefined
}

/** A match of a child that adds to its parent's; undefined: its regular expression is none. */
function inheritMatch(parent: HttpRouteMatch, child: HttpRouteMatch): HttpRouteMatch | undefined {
  const path = inheritedPath(withoutLastSlash(pathOf(parent).value), pathOf(child))
  if (path === undefined) return undefined
  const method = parent.method ?? child.method
  return {
    path,
    headers: [...mergeNamed(parent.headers ?? [], child.headers ?? [], sameHeader)],
    queryParams: [...mergeNamed(parent.queryParams ?? [], child.queryParams ?? [], sameName)],
    ...(method === undefined ? {} : { method }),
  }
}

/** The matches under which a rule of a child takes requests of a rule of its parent, each once. */
export function delegatedMatches(
  parent: readonly HttpRouteMatch[],
  child: readonly HttpRouteMatch[],
  inheritsMatches: boolean,
): readonly HttpRouteMatch[] {
  const combine = inheritsMatches ? inheritMatch : containMatch
  const found = new Map<string, HttpRouteMatch>()
  for (const inner of child) {
    for (const outer of parent) {
      const match = canDelegate(outer) ? combine(outer, inner) : undefined
      if (match !== undefined) found.set(JSON.stringify(match), match)
    }
  }
  return [...found.values()]
}
