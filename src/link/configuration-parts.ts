import { deserialize, serialize } from 'node:v8'
import {
  type Collection,
  collections,
  type IncomingDelta,
  type NodeOf,
} from '../ir/configuration.ts'
import type { ConfigurationDelta, DownMessage } from './messages.ts'

type ConfigurationMessage = Extract<DownMessage, { type: 'configuration' }>
type PartMessage = Extract<DownMessage, { type: 'configuration-part' }>
type AnyNode = NodeOf<Collection>

/** A configuration as a thread takes it in: nodes that came ahead of it are read one after the other. */
export type IncomingConfiguration = Omit<ConfigurationMessage, 'delta'> & {
  readonly delta: IncomingDelta
}

/** What a thread reads at once, while requests wait: about half a millisecond. */
const nodesOfPart = 64

interface SplitConfiguration {
  /** Each is made when it is asked for. */
  readonly parts: Iterable<PartMessage>
  readonly last: ConfigurationMessage
}

/** Takes the nodes of a large configuration out of it, as messages to be sent ahead of what is left. */
export function splitConfiguration(message: ConfigurationMessage): SplitConfiguration {
  const last: Partial<Record<Collection, unknown>> = {}
  for (const collection of collections) {
    const { set, remove } = message.delta[collection] ?? {}
    if (set !== undefined) last[collection] = { set: set.slice(aheadOf(set)), remove }
  }
  return { parts: partsOf(message), last: { ...message, delta: last as ConfigurationDelta } }
}

/** How many of the nodes are sent ahead. */
const aheadOf = (set: readonly unknown[]) =>
  Math.max(0, Math.floor((set.length - 1) / nodesOfPart) * nodesOfPart)

function* partsOf({ generation, delta }: ConfigurationMessage): Generator<PartMessage> {
  for (const collection of collections) {
    const set: readonly AnyNode[] = delta[collection]?.set ?? []
    const ahead = aheadOf(set)
    for (let start = 0; start < ahead; start += nodesOfPart) {
      const nodes = serialize(set.slice(start, start + nodesOfPart))
      yield { type: 'configuration-part', generation, collection, nodes }
    }
  }
}

/** Puts together what {@link splitConfiguration} took apart. */
export class ConfigurationParts {
  #parts: PartMessage[] = []

  add(part: PartMessage): void {
    this.#parts.push(part)
  }

  /** The whole message; parts of other generations belong to messages that never came. */
  complete(message: ConfigurationMessage): IncomingConfiguration {
    const parts = this.#parts.filter(({ generation }) => generation === message.generation)
    this.#parts = []
    if (parts.length === 0) return message
    const delta: Partial<Record<Collection, unknown>> = {}
    for (const collection of collections) {
      const change = message.delta[collection]
      if (change === undefined) continue
      const ahead = parts.filter((part) => part.collection === collection)
      const set = ahead.length === 0 ? change.set : nodesOf(ahead, change.set)
      delta[collection] = { set, remove: change.remove }
    }
    return { ...message, delta: delta as IncomingDelta }
  }
}

/** Nodes of the parts, each read when its turn comes, then those that came with the message. */
function* nodesOf(parts: readonly PartMessage[], last: readonly AnyNode[]): Generator<AnyNode> {
  for (const { nodes } of parts) yield* deserialize(nodes) as AnyNode[]
  yield* last
}
