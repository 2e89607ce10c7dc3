import {
  type Collection,
  type Configuration,
  collections,
  type NodeOf,
} from '../ir/configuration.ts'
import type { ConfigurationDelta } from './messages.ts'

type AnyNode = NodeOf<Collection>

/** True when both nodes say the same. Translators keep references of what did not change, so this is rarely deep. */
function isSame(left: AnyNode, right: AnyNode): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right)
}

/** What turns `before` into `after`; undefined when nothing does. */
export function diffConfigurations(
  before: Configuration,
  after: Configuration,
): ConfigurationDelta | undefined {
  const delta: Partial<Record<Collection, { set: AnyNode[]; remove: string[] }>> = {}
  for (const collection of collections) {
    const old: ReadonlyMap<string, AnyNode> = before[collection]
    const next: ReadonlyMap<string, AnyNode> = after[collection]
    const set: AnyNode[] = []
    for (const [id, node] of next) {
      const previous = old.get(id)
      if (previous === undefined || !isSame(previous, node)) set.push(node)
    }
    const remove = [...old.keys()].filter((id) => !next.has(id))
    if (set.length > 0 || remove.length > 0) delta[collection] = { set, remove }
  }
  return Object.keys(delta).length === 0 ? undefined : (delta as ConfigurationDelta)
}

/** `configuration` as a delta from nothing. */
export function fullDelta(configuration: Configuration): ConfigurationDelta {
  const delta: Partial<Record<Collection, { set: AnyNode[]; remove: string[] }>> = {}
  for (const collection of collections) {
    delta[collection] = { set: [...configuration[collection].values()], remove: [] }
  }
  return delta as ConfigurationDelta
}
