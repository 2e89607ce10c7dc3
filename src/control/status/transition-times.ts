type Keyed = Readonly<Record<string, unknown>>

const isKeyed = (value: unknown): value is Keyed =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What tells an entry of a list from its neighbours over versions of a status. */
function keyOf(entry: Keyed): string {
  const { type, name, parentRef, ancestorRef, controllerName } = entry
  return JSON.stringify([type, name, parentRef, ancestorRef, controllerName])
}

/**
 * Fills in `lastTransitionTime` of every condition that lacks one: the time it has in `previous` while its
 * `status` is the same, else `time`
 * (https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties).
 */
export function stampTransitions(status: unknown, previous: unknown, time: string): unknown {
  if (!isKeyed(status)) return status
  const before = isKeyed(previous) ? previous : {}
  return Object.fromEntries(
    Object.entries(status).map(([name, value]) => {
      if (!Array.isArray(value)) return [name, value]
      const known = Array.isArray(before[name]) ? before[name].filter(isKeyed) : []
      return [name, value.map((entry) => stampEntry(name, entry, known, time))]
    }),
  )
}

function stampEntry(
  listName: string,
  entry: unknown,
  known: readonly Keyed[],
  time: string,
): unknown {
  if (!isKeyed(entry)) return entry
  const same = known.find((candidate) => keyOf(candidate) === keyOf(entry))
  if (listName !== 'conditions') return stampTransitions(entry, same, time)
  if (entry['lastTransitionTime'] !== undefined) return entry
  const isUnchanged =
    same?.['status'] === entry['status'] && typeof same?.['lastTransitionTime'] === 'string'
  return { ...entry, lastTransitionTime: isUnchanged ? same['lastTransitionTime'] : time }
}
