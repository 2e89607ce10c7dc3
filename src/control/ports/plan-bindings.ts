import type { Listener, ListenerBinding } from '../../ir/listener.ts'
import type { Origin } from '../../ir/origin.ts'
import { formatSocketAddress, type SocketAddress } from '../../lib/http/socket-address.ts'
import type { PortRefusal } from './port-lock.ts'

/** How far a port moves when the process may not bind it. */
const unprivilegedOffset = 8000

export interface BindingPlanner {
  /** Claims an address; undefined: it is ours. */
  claim(address: SocketAddress): Promise<PortRefusal | undefined>
}

export interface BindingPlan {
  readonly listeners: ReadonlyMap<string, Listener>
  /** `host:port` texts that the listeners use. */
  readonly used: ReadonlySet<string>
  readonly refused: readonly RefusedBinding[]
  readonly moved: readonly MovedBinding[]
}

export interface RefusedBinding {
  readonly origin: Origin
  readonly reason: PortRefusal['reason'] | 'conflict'
  readonly message: string
}

/** A port that is served elsewhere because the process may not bind it. */
export interface MovedBinding {
  readonly origin: Origin
  readonly address: string
  readonly declaredPort: number
  readonly port: number
}

interface Draft {
  readonly owners: Map<string, Listener>
  readonly declaredPorts: ReadonlySet<number>
  readonly refused: RefusedBinding[]
  readonly moved: MovedBinding[]
}

/**
 * Decides the sockets of every listener: the operator's bind address instead of the pool's, a port plus
 * 8000 where the port may not be bound, and one owner per address and port (the first listener by id).
 */
export async function planBindings(
  listeners: ReadonlyMap<string, Listener>,
  bindAddress: string | undefined,
  planner: BindingPlanner,
): Promise<BindingPlan> {
  const all = [...listeners.values()]
  const draft: Draft = {
    owners: new Map(),
    declaredPorts: new Set(all.flatMap((node) => node.bindings.map((binding) => binding.port))),
    refused: [],
    moved: [],
  }
  const planned = new Map<string, Listener>()
  for (const listener of all) {
    const bindings: ListenerBinding[] = []
    for (const declared of listener.bindings) {
      const wanted = { address: bindAddress ?? declared.address, port: declared.port }
      const binding = await claimFor(listener, wanted, planner, draft)
      if (binding !== undefined) bindings.push(binding)
    }
    planned.set(listener.id, withBindings(listener, bindings))
  }
  const { refused, moved } = draft
  return { listeners: planned, used: new Set(draft.owners.keys()), refused, moved }
}

async function claimFor(
  listener: Listener,
  wanted: ListenerBinding,
  planner: BindingPlanner,
  draft: Draft,
): Promise<ListenerBinding | undefined> {
  const key = formatSocketAddress({ host: wanted.address, port: wanted.port })
  const owner = draft.owners.get(key)
  if (owner !== undefined) {
    if (owner !== listener) draft.refused.push(conflictOf(listener, owner, key))
    return undefined
  }
  const refusal = await planner.claim({ host: wanted.address, port: wanted.port })
  if (refusal === undefined) {
    draft.owners.set(key, listener)
    return wanted
  }
  const fallback = wanted.port + unprivilegedOffset
  if (refusal.reason === 'not-permitted' && !draft.declaredPorts.has(fallback)) {
    const moved = await claimFor(listener, { ...wanted, port: fallback }, planner, draft)
    if (moved === undefined) return undefined
    const { origin } = listener
    draft.moved.push({ origin, address: wanted.address, declaredPort: wanted.port, port: fallback })
    return moved
  }
  draft.refused.push({ origin: listener.origin, reason: refusal.reason, message: refusal.message })
  return undefined
}

function conflictOf(listener: Listener, owner: Listener, key: string): RefusedBinding {
  const { kind, namespace, name } = owner.origin
  const message = `${key} is already served for ${kind} ${namespace}/${name}; give one of them another port`
  return { origin: listener.origin, reason: 'conflict', message }
}

function withBindings(listener: Listener, bindings: readonly ListenerBinding[]): Listener {
  const same =
    bindings.length === listener.bindings.length &&
    bindings.every((binding, index) => {
      const declared = listener.bindings[index]
      return binding.address === declared?.address && binding.port === declared.port
    })
  return same ? listener : { ...listener, bindings }
}
