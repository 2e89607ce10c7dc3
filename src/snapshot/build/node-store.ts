import { isDeepStrictEqual } from 'node:util'
import type { Collection, Configuration, IncomingDelta, NodeOf } from '../../ir/configuration.ts'
import { collections } from '../../ir/configuration.ts'
import { deepFreeze } from '../../lib/deep-freeze.ts'

/** The configuration in force, node by node. */
export class NodeStore implements Configuration {
  readonly listeners = new Map<string, NodeOf<'listeners'>>()
  readonly virtualHosts = new Map<string, NodeOf<'virtualHosts'>>()
  readonly routes = new Map<string, NodeOf<'routes'>>()
  readonly backends = new Map<string, NodeOf<'backends'>>()
  readonly policies = new Map<string, NodeOf<'policies'>>();

  /** Takes a delta in; every `yield` is a place to pause. `full` drops what the delta does not hold. */
  *apply(delta: IncomingDelta, full: boolean): Generator<void> {
    for (const collection of collections) yield* this.#applyTo(collection, delta, full)
  }

  *#applyTo(collection: Collection, delta: IncomingDelta, full: boolean): Generator<void> {
    const nodes: Map<string, NodeOf<Collection>> = this[collection]
    const change = delta[collection]
    for (const id of change?.remove ?? []) nodes.delete(id)
    const named = new Set<string>()
    for (const node of change?.set ?? []) {
      named.add(node.id)
      const known = nodes.get(node.id)
      // A node that was sent again unchanged stays the same object: nothing made of it is made anew.
      if (!isDeepStrictEqual(known, node)) nodes.set(node.id, deepFreeze(keepMatchers(node, known)))
      yield
    }
    if (!full) return
    for (const id of nodes.keys()) {
      if (!named.has(id)) nodes.delete(id)
    }
  }
}

/** Matchers are dear to compile and index, and most changes of a route do not touch them. */
function keepMatchers<Node extends object>(node: Node, known: Node | undefined): Node {
  if (known === undefined || !('matchers' in node) || !('matchers' in known)) return node
  return isDeepStrictEqual(known.matchers, node.matchers)
    ? { ...node, matchers: known.matchers }
    : node
}
