import type { Backend } from './backend.ts'
import type { Listener } from './listener.ts'
import type { Origin } from './origin.ts'
import type { PolicyConfig } from './policy.ts'
import type { Route } from './route.ts'
import type { VirtualHost } from './virtual-host.ts'

/**
 * Everything the gateway is told, normalised: nodes by id, referring to each other by id.
 * Each node survives `JSON.stringify`.
 */
export interface Configuration {
  readonly listeners: ReadonlyMap<string, Listener>
  readonly virtualHosts: ReadonlyMap<string, VirtualHost>
  readonly routes: ReadonlyMap<string, Route>
  readonly backends: ReadonlyMap<string, Backend>
  readonly policies: ReadonlyMap<string, PolicyConfig>
}

export type Collection = keyof Configuration

/** The collections in the order in which nodes are compiled: what is referred to comes first. */
export const collections = [
  'policies',
  'backends',
  'routes',
  'virtualHosts',
  'listeners',
] as const satisfies readonly Collection[]

/** The node type of a collection. */
export type NodeOf<C extends Collection> =
  Configuration[C] extends ReadonlyMap<string, infer Node> ? Node : never

/** Nodes that were added or replaced, and ids that are gone, per collection. */
export type ConfigurationDelta = {
  readonly [C in Collection]?: {
    readonly set: readonly NodeOf<C>[]
    readonly remove: readonly string[]
  }
}

/** A {@link ConfigurationDelta} whose nodes may come into being while they are read, once. */
export type IncomingDelta = {
  readonly [C in Collection]?: {
    readonly set: Iterable<NodeOf<C>>
    readonly remove: readonly string[]
  }
}

/** A node that could not be compiled; everything else is in force. */
export interface ConfigurationError {
  readonly origin: Origin
  readonly message: string
}
