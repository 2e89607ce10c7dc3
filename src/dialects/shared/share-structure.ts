import { getField, setField } from '../../kube/schema/json-object.ts'

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
  let shared: Keyed | undefined
  let count = 0
  for (const key in next) {
    const before = getField(previous, key)
    const kept = shareStructure(before, next[key])
    const isKept = kept === before && (kept !== undefined || Object.hasOwn(previous, key))
    if (!isKept && shared === undefined) shared = firstFields(previous, next, count)
    if (shared !== undefined) setField(shared, key, kept)
    count++
  }
  if (shared !== undefined) return shared
  return count === Object.keys(previous).length ? previous : firstFields(previous, next, count)
}

/** The first `count` fields of `next`, which are those of `previous`. */
function firstFields(previous: Keyed, next: Keyed, count: number): Keyed {
  const fields: Keyed = {}
  for (const key of Object.keys(next).slice(0, count)) setField(fields, key, previous[key])
  return fields
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
