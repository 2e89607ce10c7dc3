import { isJsonObject, type JsonObject } from '../schema/json-object.ts'
import type { SchemaNode } from '../schema/schema-node.ts'
import { PatchFailure } from './patch-result.ts'

/** How a strategic merge patch treats a list. */
export type ListMergeRule =
  | { readonly type: 'replace' }
  /** Items are values, each at most once. */
  | { readonly type: 'values' }
  /** Items are objects that the key fields name. */
  | { readonly type: 'keys'; readonly keys: readonly string[] }

const replace: ListMergeRule = { type: 'replace' }

/**
 * The rule of a list: by `x-kubernetes-patch-strategy` and `x-kubernetes-patch-merge-key`, or else by its list
 * type (https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/).
 */
export function listMergeRuleOf(node: SchemaNode | undefined): ListMergeRule {
  if (node === undefined) return replace
  const { schema } = node
  const strategy = schema['x-kubernetes-patch-strategy']
  const mergeKey = schema['x-kubernetes-patch-merge-key']
  if (strategy !== undefined) {
    if (!strategy.split(',').includes('merge')) return replace
    return mergeKey === undefined ? { type: 'values' } : { type: 'keys', keys: [mergeKey] }
  }
  const listType = schema['x-kubernetes-list-type']
  if (listType === 'set') return { type: 'values' }
  if (listType === 'map') return { type: 'keys', keys: schema['x-kubernetes-list-map-keys'] ?? [] }
  return replace
}

/** What names an item under the rule; fails when the item lacks a key field. */
export function identityOf(rule: ListMergeRule, item: unknown, place: string): string {
  if (rule.type !== 'keys') return JSON.stringify(item) ?? ''
  if (!isJsonObject(item)) {
    throw new PatchFailure(
      'malformed',
      `${place}: an item of a list that merges by key is no object`,
    )
  }
  return JSON.stringify(rule.keys.map((key) => keyValueOf(item, key, place)))
}

function keyValueOf(item: JsonObject, key: string, place: string): unknown {
  if (Object.hasOwn(item, key)) return item[key]
  throw new PatchFailure(
    'malformed',
    `${place}: map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`,
  )
}

/**
 * Puts items into the order that the patch asks for. Items that the patch does not mention stay before those
 * that stood behind them in the original list.
 */
export function orderItems<Item>(
  items: ReadonlyMap<string, Item>,
  order: readonly string[],
  original: readonly string[],
): Item[] {
  const mentioned = new Set(order.filter((identity) => items.has(identity)))
  const places = new Map(original.map((identity, index) => [identity, index] as const))
  const unmentioned = [...items.keys()]
    .filter((identity) => !mentioned.has(identity))
    .sort((left, right) => (places.get(left) ?? 0) - (places.get(right) ?? 0))
  const result: string[] = []
  let next = 0
  for (const identity of mentioned) {
    const place = places.get(identity)
    while (place !== undefined && next < unmentioned.length) {
      const candidate = unmentioned[next] ?? ''
      if ((places.get(candidate) ?? Number.POSITIVE_INFINITY) > place) break
      result.push(candidate)
      next += 1
    }
    result.push(identity)
  }
  result.push(...unmentioned.slice(next))
  return result.flatMap((identity) => {
    const item = items.get(identity)
    return item === undefined ? [] : [item]
  })
}
