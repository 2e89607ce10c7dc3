import { type Collection, collections, type NodeOf } from '../ir/configuration.ts'
import type { ConfigurationDelta, DownMessage } from './messages.ts'

type ConfigurationMessage = Extract<DownMessage, { type: 'configuration' }>
type PartMessage = Extract<DownMessage, { type: 'configuration-part' }>
type AnyNode = NodeOf<Collection>
type Nodes = Partial<Record<Collection, readonly AnyNode[]>>

/** A thread reads a message at once; this many routes take about 3 ms, and requests wait for them. */
const nodesOfPart = 400

/** Takes the nodes of a large configuration out of it, as messages to be sent ahead of what is left. */
export function splitConfiguration(message: ConfigurationMessage): {
  readonly parts: readonly PartMessage[]
  readonly last: ConfigurationMessage
} {
  const { generation, delta } = message
  const parts: PartMessage[] = []
  const last: Partial<Record<Collection, unknown>> = {}
  for (const collection of collections) {
    const change = delta[collection]
    if (change === undefined) continue
    const { set, remove } = change as { set: readonly AnyNode[]; remove: readonly string[] }
    const ahead = Math.floor((set.length - 1) / nodesOfPart) * nodesOfPart
    for (let start = 0; start < ahead; start += nodesOfPart) {
      const nodes: Nodes = { [collection]: set.slice(start, start + nodesOfPart) }
      parts.push({ type: 'configuration-part', generation, nodes } as PartMessage)
    }
    last[collection] = { set: set.slice(Math.max(0, ahead)), remove }
  }
  return { parts, last: { ...message, delta: last as ConfigurationDelta } }
}

/** Puts together what {@link splitConfiguration} took apart. */
export class ConfigurationParts {
  #parts: PartMessage[] = []

  add(part: PartMessage): void {
    this.#parts.push(part)
  }

  /** The whole message; parts of other generations belong to messages that never came. */
  complete(message: ConfigurationMessage): ConfigurationMessage {
    const parts = this.#parts.filter(({ generation }) => generation === message.generation)
    this.#parts = []
    if (parts.length === 0) return message
    const delta: Partial<Record<Collection, unknown>> = {}
    for (const collection of collections) {
      const ahead = parts.flatMap(({ nodes }) => (nodes as Nodes)[collection] ?? [])
      const { set = [], remove = [] } = message.delta[collection] ?? {}
      if (ahead.length + set.length + remove.length > 0) {
        delta[collection] = { set: [...ahead, ...set], remove }
      }
    }
    return { ...message, delta: delta as ConfigurationDelta }
  }
}
