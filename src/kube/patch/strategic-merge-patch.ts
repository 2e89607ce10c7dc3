import type { KubeObject } from '../kube-object.ts'
import { getField, isJsonObject, type JsonObject, setField } from '../schema/json-object.ts'
import { childNodeOf, rootNodeOf, type SchemaNode } from '../schema/schema-node.ts'
import type { StructuralSchema } from '../structural-schema.ts'
import { identityOf, type ListMergeRule, listMergeRuleOf, orderItems } from './list-merge-rule.ts'
import { PatchFailure, type PatchResult, patchResultOf } from './patch-result.ts'

const orderPrefix = '$setElementOrder/'
const deletePrefix = '$deleteFromPrimitiveList/'

/**
 * Applies a strategic merge patch: a merge patch in which lists merge by key or value where the schema says so,
 * with its directives `$patch`, `$retainKeys`, `$setElementOrder/…` and `$deleteFromPrimitiveList/…`
 * (https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md).
 */
export function applyStrategicMergePatch(
  schema: StructuralSchema,
  document: KubeObject,
  patch: unknown,
): PatchResult {
  return patchResultOf(() => {
    if (!isJsonObject(patch)) {
      throw new PatchFailure('malformed', 'a strategic merge patch must be an object')
    }
    return mergeMap(rootNodeOf(schema), document, patch, '')
  })
}

function mergeMap(
  node: SchemaNode | undefined,
  original: JsonObject,
  patch: JsonObject,
  place: string,
): JsonObject {
  const directive = patch['$patch']
  if (directive === 'delete') return {}
  if (directive === 'replace') return cleaned(patch) as JsonObject
  if (directive !== undefined && directive !== 'merge') throw unknownDirective(directive, place)
  const result: Record<string, unknown> = retainKeys(original, patch, place)
  for (const name of Object.keys(patch)) {
    const list = listNameOf(name)
    if (list !== undefined) mergeListField({ node, result, patch, place }, list)
    else if (!isDirective(name) && !isListOfDirectives(patch, name)) {
      mergeField(childNodeOf(node, name), result, { name, value: patch[name] }, `${place}.${name}`)
    }
  }
  return result
}

function unknownDirective(directive: unknown, place: string): PatchFailure {
  const where = place === '' ? 'the patch' : place
  return new PatchFailure(
    'malformed',
    `${where}: unknown patch type ${JSON.stringify(directive)}: $patch is "delete", "merge" or "replace"`,
  )
}

function isDirective(name: string): boolean {
  return name === '$patch' || name === '$retainKeys'
}

/** The list that a directive in a field's name speaks of. */
function listNameOf(name: string): string | undefined {
  if (name.startsWith(orderPrefix)) return name.slice(orderPrefix.length)
  return name.startsWith(deletePrefix) ? name.slice(deletePrefix.length) : undefined
}

/** Whether the list is handled with the directives about it. */
function isListOfDirectives(patch: JsonObject, name: string): boolean {
  return Object.hasOwn(patch, orderPrefix + name) || Object.hasOwn(patch, deletePrefix + name)
}

function retainKeys(
  original: JsonObject,
  patch: JsonObject,
  place: string,
): Record<string, unknown> {
  const retained = patch['$retainKeys']
  if (retained === undefined) return { ...original }
  const names = new Set(listOf(retained, `${place}.$retainKeys`))
  const stray = Object.keys(patch).find(
    (name) => patch[name] !== null && !name.startsWith('$') && !names.has(name),
  )
  if (stray !== undefined) {
    throw new PatchFailure(
      'malformed',
      `${place}: $retainKeys does not name the patched field ${stray}`,
    )
  }
  return Object.fromEntries(Object.entries(original).filter(([name]) => names.has(name)))
}

function listOf(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new PatchFailure('malformed', `${place} must be a list`)
}

function mergeField(
  node: SchemaNode | undefined,
  result: Record<string, unknown>,
  patched: { readonly name: string; readonly value: unknown },
  place: string,
): void {
  const { name, value } = patched
  if (value === null) {
    delete result[name]
    return
  }
  const original = getField(result, name)
  if (isJsonObject(value)) {
    const replaces = node?.schema['x-kubernetes-patch-strategy'] === 'replace'
    if (isJsonObject(original) && !replaces) {
      setField(result, name, mergeMap(node, original, value, place))
    } else if (value['$patch'] === 'delete') delete result[name]
    else setField(result, name, cleaned(value))
  } else if (Array.isArray(value)) {
    setField(
      result,
      name,
      mergeList(node, Array.isArray(original) ? original : [], { items: value }, place),
    )
  } else setField(result, name, value)
}

/** Merges a list that directives in the names of other fields speak of. */
function mergeListField({ node, result, patch, place }: MapMerge, name: string): void {
  const fieldPlace = `${place}.${name}`
  const order = patch[orderPrefix + name]
  const deleted = patch[deletePrefix + name]
  const original = getField(result, name)
  if (original === undefined && patch[name] === undefined) return
  if (patch[name] === null) {
    delete result[name]
    return
  }
  const change: ListChange = {
    items: listOf(patch[name] ?? [], fieldPlace),
    ...(order === undefined ? {} : { order: listOf(order, `${place}.${orderPrefix}${name}`) }),
    deleted: listOf(deleted ?? [], `${place}.${deletePrefix}${name}`),
    untouched: patch[name] === undefined,
  }
  const list = Array.isArray(original) ? original : []
  setField(result, name, mergeList(childNodeOf(node, name), list, change, fieldPlace))
}

interface MapMerge {
  readonly node: SchemaNode | undefined
  readonly result: Record<string, unknown>
  readonly patch: JsonObject
  readonly place: string
}

interface ListChange {
  readonly items: readonly unknown[]
  readonly order?: readonly unknown[]
  readonly deleted?: readonly unknown[]
  /** The patch has no items of its own, only directives. */
  readonly untouched?: boolean
}

function mergeList(
  node: SchemaNode | undefined,
  original: readonly unknown[],
  change: ListChange,
  place: string,
): readonly unknown[] {
  const rule = listMergeRuleOf(node)
  const gone = new Set((change.deleted ?? []).map((value) => JSON.stringify(value)))
  const kept = original.filter((value) => !gone.has(JSON.stringify(value)))
  if (rule.type === 'replace') {
    return change.untouched === true ? kept : change.items.map(cleaned)
  }
  const replaced = change.items.some((item) => isJsonObject(item) && item['$patch'] === 'replace')
  const base = replaced ? [] : kept
  const items = new Map(base.map((item) => [identityOf(rule, item, place), item] as const))
  const identities = [...items.keys()]
  const mentioned = mergeItems({ node, rule, items, place }, change.items)
  const order = change.order?.map((item) => identityOf(rule, item, place)) ?? mentioned
  return orderItems(items, order, identities)
}

interface ListMerge {
  readonly node: SchemaNode | undefined
  readonly rule: ListMergeRule
  readonly items: Map<string, unknown>
  readonly place: string
}

/** Merges the patch's items into `merge.items`; answers which ones it set. */
function mergeItems(merge: ListMerge, patch: readonly unknown[]): string[] {
  const { node, rule, items, place } = merge
  const mentioned: string[] = []
  for (const item of patch) {
    const directive = isJsonObject(item) ? item['$patch'] : undefined
    if (directive === 'replace') continue
    const identity = identityOf(rule, item, place)
    if (directive === 'delete') items.delete(identity)
    else {
      if (directive !== undefined && directive !== 'merge') throw unknownDirective(directive, place)
      items.set(identity, mergeItem(node?.items, items.get(identity), item, place))
      mentioned.push(identity)
    }
  }
  return mentioned
}

function mergeItem(
  node: SchemaNode | undefined,
  original: unknown,
  item: unknown,
  place: string,
): unknown {
  return isJsonObject(original) && isJsonObject(item)
    ? mergeMap(node, original, item, place)
    : cleaned(item)
}

/** A value of the patch that meets nothing to merge with: without directives and nulls. */
function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value
      .filter(
        (item) =>
          !(isJsonObject(item) && (item['$patch'] === 'delete' || item['$patch'] === 'replace')),
      )
      .map(cleaned)
  }
  if (!isJsonObject(value)) return value
  const result: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) {
    if (inner === null || isDirective(name) || listNameOf(name) !== undefined) continue
    if (isJsonObject(inner) && inner['$patch'] === 'delete') continue
    setField(result, name, cleaned(inner))
  }
  return result
}
