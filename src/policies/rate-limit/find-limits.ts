import type { LimitNode, LimitSet, RequestLimit } from '../../ir/policies/rate-limit.ts'
import type { Entry } from './compile-entries.ts'

/** A limit that holds for a request, and what names its counter among those of its rules. */
export interface FoundLimit {
  readonly limit: RequestLimit
  readonly weight: number
  readonly alwaysApply: boolean
  readonly counter: string
}

/** The nodes of one level of the tree, found by key and value. */
export interface LimitIndex {
  readonly byKey: ReadonlyMap<string, KeyIndex>
}

interface KeyIndex {
  readonly byValue: ReadonlyMap<string, IndexedNode>
  readonly anyValue: IndexedNode | undefined
}

interface IndexedNode {
  readonly limit: RequestLimit | undefined
  readonly weight: number
  readonly alwaysApply: boolean
  readonly children: LimitIndex
}

/** Indexes a tree. Weight and `alwaysApply` reach down: a limit has the highest weight on its path. */
export function indexLimits(
  nodes: readonly LimitNode[],
  above: { readonly weight: number; readonly alwaysApply: boolean } = topLevel,
): LimitIndex {
  const byKey = new Map<string, KeyIndex>()
  for (const [key, group] of Map.groupBy(nodes, (node) => node.key)) {
    const byValue = new Map<string, IndexedNode>()
    let anyValue: IndexedNode | undefined
    for (const node of group) {
      const weight = Math.max(node.weight, above.weight)
      const alwaysApply = node.alwaysApply || above.alwaysApply
      const children = indexLimits(node.children, { weight, alwaysApply })
      const indexed = { limit: node.limit, weight, alwaysApply, children }
      // Of two nodes for the same entry the first counts.
      if (node.value === undefined) anyValue ??= indexed
      else if (!byValue.has(node.value)) byValue.set(node.value, indexed)
    }
    byKey.set(key, { byValue, anyValue })
  }
  return { byKey }
}

const topLevel = { weight: 0, alwaysApply: false }

/**
 * The limit for an ordered descriptor: the node of its last entry. A node that names the value goes before one for any value,
 * also where nothing below it fits the rest. `override` stands in for the limit of the tree.
 */
export function findInTree(
  index: LimitIndex,
  entries: readonly Entry[],
  override: RequestLimit | undefined,
): FoundLimit | undefined {
  let level: LimitIndex | undefined = index
  let node: IndexedNode | undefined
  for (const { key, value } of entries) {
    const known: KeyIndex | undefined = level?.byKey.get(key)
    node = known?.byValue.get(value) ?? known?.anyValue
    level = node?.children
  }
  const limit = override ?? node?.limit
  if (limit === undefined) return undefined
  const { weight, alwaysApply } = node ?? topLevel
  return { limit, weight, alwaysApply, counter: `tree ${counterOf(entries)}` }
}

/** The limits for a set of entries: the first that holds, and those that always apply. */
export function findInSets(sets: readonly LimitSet[], entries: readonly Entry[]): FoundLimit[] {
  const found: FoundLimit[] = []
  let first = true
  for (const set of sets) {
    if (!first && !set.alwaysApply) continue
    const named = entriesOfSet(set, entries)
    if (named === undefined) continue
    // A set without limit that comes first exempts what it holds for.
    first = false
    if (set.limit === undefined) continue
    const counter = `set ${counterOf(named)}`
    found.push({ limit: set.limit, weight: 0, alwaysApply: set.alwaysApply, counter })
  }
  return found
}

/** The entries that the set names, with the values of the request; undefined when one is missing. */
function entriesOfSet(set: LimitSet, entries: readonly Entry[]): Entry[] | undefined {
  const named: Entry[] = []
  for (const { key, value } of set.entries) {
    const entry = entries.find(
      (each) => each.key === key && (value === undefined || each.value === value),
    )
    if (entry === undefined) return undefined
    named.push(entry)
  }
  return named
}

/** No two lists of entries have the same text, whatever characters clients put into values. */
function counterOf(entries: readonly Entry[]): string {
  let text = ''
  for (const { key, value } of entries) {
    text += `${key.length}:${key}=${value.length}:${value},`
  }
  return text
}

/** Of the limits found for a request those that count: of the highest weight, or applying always. */
export function selectByWeight(found: readonly FoundLimit[]): readonly FoundLimit[] {
  if (found.length < 2) return found
  const highest = Math.max(...found.map(({ weight }) => weight))
  return found.filter(({ weight, alwaysApply }) => alwaysApply || weight === highest)
}
