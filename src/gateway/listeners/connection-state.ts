import type { ServerResponse } from 'node:http'
import type { CompiledListener, VirtualHostTable } from '../../snapshot/snapshot.ts'
import type { Ingress } from '../request-handler.ts'
import { type ClientStanding, type HandshakeCheck, standingOf } from './client-standing.ts'

/** What is in force on a listening socket; replaced as a whole when a snapshot is published. */
export interface ListenerState {
  readonly listener: CompiledListener
  readonly generation: number
}

/** What is known of a connection before its first request. */
export interface ConnectionFacts {
  readonly scheme: 'http' | 'https'
  /** Server name of the TLS handshake, lower-case; empty when the client sent none. */
  readonly serverName: string
  readonly clientAddress: string
  /** Undefined in clear text. */
  readonly handshake: HandshakeCheck | undefined
}

/** Gives a connection's requests their {@link Ingress}, made anew only when a snapshot was published. */
export class ConnectionState {
  readonly #current: () => ListenerState
  readonly #scheme: 'http' | 'https'
  readonly #serverName: string
  readonly #handshake: HandshakeCheck | undefined
  readonly clientAddress: string
  /** The answer to the latest request, until it has gone out on a connection that stays (HTTP/1.1 only). */
  response: ServerResponse | undefined
  /** Answers that wait for the one before them (HTTP/1.1 only). */
  pipelined: Set<ServerResponse> | undefined
  /** The connection was answered below HTTP and is being closed: nothing more is read from it. */
  refused = false
  /** The next answer is the last: what may have followed its request is lost. */
  endsWithNext = false
  /** As of the latest {@link ingress}. */
  standing: ClientStanding = 'current'
  #state: ListenerState | undefined
  #ingress: Ingress | undefined

  constructor(
    current: () => ListenerState,
    { scheme, serverName, clientAddress, handshake }: ConnectionFacts,
  ) {
    this.#current = current
    this.#scheme = scheme
    this.#serverName = serverName
    this.clientAddress = clientAddress
    this.#handshake = handshake
  }

  get ingress(): Ingress {
    const state = this.#current()
    if (this.#ingress === undefined || this.#state !== state) {
      this.#state = state
      this.#ingress = this.#createIngress(state)
    }
    return this.#ingress
  }

  #createIngress({ listener, generation }: ListenerState): Ingress {
    const scheme = this.#scheme
    if (scheme === 'http') {
      return { listener, virtualHosts: listener.virtualHosts, scheme, generation }
    }
    const chain = findTlsChain(listener, this.#serverName)
    this.standing = standingOf(this.#handshake, chain)
    return { listener, virtualHosts: chain?.virtualHosts ?? noVirtualHosts, scheme, generation }
  }
}

const noVirtualHosts: VirtualHostTable = { find: () => undefined }

/** The first chain of `listener` that serves `serverName` (lower-case, empty for none). */
export function findTlsChain(listener: CompiledListener, serverName: string) {
  return (
    listener.tlsChains.find(({ serverNames }) => serverNames.includes(serverName)) ??
    listener.tlsChains.find(({ serverNames }) =>
      serverNames.some((name) => name.startsWith('*.') && serverName.endsWith(name.slice(1))),
    ) ??
    listener.tlsChains.find(({ serverNames }) => serverNames.length === 0)
  )
}

const stateKey = Symbol('connection state')

type WithState = object & { [stateKey]?: ConnectionState }

/** Remembers `state` on the connection (a socket or HTTP/2 session), where each request finds it without a look-up. */
export function setConnectionState(connection: object, state: ConnectionState): void {
  const carrier: WithState = connection
  carrier[stateKey] = state
}

export function getConnectionState(connection: object): ConnectionState {
  const carrier: WithState = connection
  const state = carrier[stateKey]
  if (state === undefined) throw new Error('A connection reached HTTP without its state.')
  return state
}
