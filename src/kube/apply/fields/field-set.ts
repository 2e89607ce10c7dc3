/**
 * A set of fields as `managedFields[].fieldsV1` holds it
 * (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/, FieldsV1), used as it is
 * so that nothing is decoded: keys are `f:<name>`, `k:<key fields>`, `v:<value>` and `i:<index>`, and `.` stands
 * for the place itself. An empty object below the root is a member without members below it.
 * Sets are never changed in place and share their parts.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet
}

/** The member without members below it, and at the root the empty set. */
export const leaf: FieldSet = Object.freeze({})

/** Whether the set has no members. */
export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false
  return true
}

/** Whether the place of `set` in its parent is a member. */
export function isMember(set: FieldSet): boolean {
  return set['.'] !== undefined || isEmptySet(set)
}

/** The members of either set. */
export function unionOf(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmptySet(left)) return right
  if (isEmptySet(right)) return left
  return unionBelow(left, right)
}

/** The members of both sets. */
export function intersectionOf(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmptySet(left) || isEmptySet(right)) return leaf
  return intersectionBelow(left, right) ?? leaf
}

/** The members of `left` that are not members of `right`; a member's own members below it stay. */
export function differenceOf(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmptySet(left) || isEmptySet(right)) return left
  return differenceBelow(left, right) ?? leaf
}

/** The members of `left` that are neither members of `right` nor below one. */
export function recursiveDifferenceOf(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmptySet(left) || isEmptySet(right)) return left
  return recursiveDifferenceBelow(left, right) ?? leaf
}

/** Whether both sets have the same members. */
export function equalSets(left: FieldSet, right: FieldSet): boolean {
  if (left === right) return true
  const elements = Object.keys(left)
  if (elements.length !== Object.keys(right).length) return false
  return elements.every((element) => {
    const other = right[element]
    return other !== undefined && equalSets(left[element] ?? leaf, other)
  })
}

/** The members' paths, such as `.spec.ports[name="http"].port`. */
export function pathsOf(set: FieldSet): string[] {
  const paths: string[] = []
  collectPaths(set, '', paths)
  return paths
}

function collectPaths(set: FieldSet, prefix: string, paths: string[]): void {
  const elements = Object.keys(set).filter((element) => element !== '.')
  for (const element of elements) {
    if (isMember(set[element] ?? leaf)) paths.push(prefix + formatElement(element))
  }
  for (const element of elements) {
    const below = set[element] ?? leaf
    if (!isEmptySet(below)) collectPaths(below, prefix + formatElement(element), paths)
  }
}

function formatElement(element: string): string {
  const text = element.slice(2)
  switch (element.slice(0, 2)) {
    case 'f:':
      return `.${text}`
    case 'v:':
      return `[=${text}]`
    case 'k:': {
      const fields = Object.entries(JSON.parse(text) as Record<string, unknown>)
      return `[${fields.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`
    }
    default:
      return `[${text}]`
  }
}

function unionBelow(left: FieldSet, right: FieldSet): FieldSet {
  if (left === right) return left
  const member = isMember(left) || isMember(right)
  const result: Record<string, FieldSet> = member ? { '.': leaf } : {}
  let size = 0
  for (const element in left) {
    if (element === '.') continue
    result[element] = left[element] ?? leaf
    size += 1
  }
  for (const element in right) {
    if (element === '.') continue
    const other = right[element] ?? leaf
    const own = result[element]
    result[element] = own === undefined ? other : unionBelow(own, other)
    size += 1
  }
  return size === 0 ? leaf : result
}

function intersectionBelow(left: FieldSet, right: FieldSet): FieldSet | undefined {
  if (left === right) return left
  const result: Record<string, FieldSet> = {}
  for (const element in left) {
    const other = right[element]
    if (element === '.' || other === undefined) continue
    const both = intersectionBelow(left[element] ?? leaf, other)
    if (both !== undefined) result[element] = both
  }
  return nodeOf(isMember(left) && isMember(right), result)
}

function differenceBelow(left: FieldSet, right: FieldSet): FieldSet | undefined {
  if (left === right) return undefined
  const result: Record<string, FieldSet> = {}
  for (const element in left) {
    if (element === '.') continue
    const own = left[element] ?? leaf
    const other = right[element]
    const rest = other === undefined ? own : differenceBelow(own, other)
    if (rest !== undefined) result[element] = rest
  }
  return nodeOf(isMember(left) && !isMember(right), result)
}

function recursiveDifferenceBelow(left: FieldSet, right: FieldSet): FieldSet | undefined {
  const result: Record<string, FieldSet> = {}
  for (const element in left) {
    if (element === '.') continue
    const own = left[element] ?? leaf
    const other = right[element]
    if (other !== undefined && isMember(other)) continue
    const rest = other === undefined ? own : recursiveDifferenceBelow(own, other)
    if (rest !== undefined) result[element] = rest
  }
  return nodeOf(left['.'] !== undefined || isEmptySet(left), result)
}

/** A set of the given members below it; undefined when there is none at all. */
export function nodeOf(
  member: boolean,
  below: Readonly<Record<string, FieldSet>>,
): FieldSet | undefined {
  if (isEmptySet(below)) return member ? leaf : undefined
  return member ? { '.': leaf, ...below } : below
}
