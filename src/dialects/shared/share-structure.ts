type Keyed = Record<string, unknown>

const isObject = (value: unknown): value is Keyed => typeof value === 'object' && value !== null

function shareArray(previous: readonly unknown[], next: readonly unknown[]): readonly unknown[] {
  let shared: unknown[] | undefined = previous.length === next.length ? undefined : []
  for (let index = 0; index < next.length; index += 1) {
    const kept = shareStructure(previous[index], next[index])
    if (shared === undefined && kept !== previous[index]) shared = previous.slice(0, index)
    shared?.push(kept)
  }
  return shared ?? previous
}

function shareObject(previous: Keyed, next: Keyed): Keyed {
  const keys = Object.keys(next)
  let isEqual = keys.length === Object.keys(previous).length
  const changed: Keyed = {}
  for (const key of keys) {
    const kept = shareStructure(previous[key], next[key])
    if (kept === previous[key] && kept !== undefined) continue
    changed[key] = kept
    isEqual = false
  }
  if (isEqual) return previous
  return Object.fromEntries(keys.map((key) => [key, key in changed ? changed[key] : previous[key]]))
}

/**
 * Returns a value that is deeply equal to `next` and is made of the parts of `previous` wherever they are
 * equal, so that later steps can compare parts by identity.
 */
export function shareStructure<T>(previous: unknown, next: T): T {
  if (previous === next || !isObject(previous) || !isObject(next)) return next
  if (Array.isArray(previous) !== Array.isArray(next)) return next
  return (
    Array.isArray(next)
      ? shareArray(previous as unknown as readonly unknown[], next)
      : shareObject(previous, next)
  ) as T
}
