/** Stands for every host name. */
export const anyHostname = '*'

/** The part of a wildcard that names must end with. */
const suffixOf = (hostname: string) => hostname.slice(1)

const isWildcard = (hostname: string) => hostname.startsWith('*')

/** Whether every name that `inner` stands for is one that `outer` stands for. */
export function coversHostname(outer: string, inner: string): boolean {
  if (outer === anyHostname || outer === inner) return true
  if (!isWildcard(outer) || inner === anyHostname) return false
  return inner.endsWith(suffixOf(outer)) && inner.length > suffixOf(outer).length
}

/** The names that both stand for; undefined: none. */
export function intersectHostnames(left: string, right: string): string | undefined {
  if (coversHostname(left, right)) return right
  return coversHostname(right, left) ? left : undefined
}

/** The host names of a route at a listener: what the route's own have in common with the listener's. */
export function effectiveHostnames(listener: string, route: readonly string[]): readonly string[] {
  const own = route.length === 0 ? [anyHostname] : route.map((name) => name.toLowerCase())
  const shared = own.flatMap((hostname) => intersectHostnames(listener, hostname) ?? [])
  return [...new Set(shared)]
}

/** Orders host names so that the more specific one comes first. */
export function compareHostnames(left: string, right: string): number {
  const literal = (hostname: string) => (isWildcard(hostname) ? 0 : hostname.length)
  return literal(right) - literal(left) || right.length - left.length || (left < right ? -1 : 1)
}
