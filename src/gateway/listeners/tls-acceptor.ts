import { constants, createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import {
  createServer,
  type SecureContextOptions,
  type Server,
  type TLSSocket,
  type TlsOptions,
} from 'node:tls'
import type { CompiledListener, CompiledTlsChain } from '../../snapshot/snapshot.ts'
import { type HandshakeCheck, handshakeCheckOf } from './client-standing.ts'
import { findTlsChain } from './connection-state.ts'
import { readServerName } from './read-server-name.ts'
import type { OnRefused } from './refuse-connection.ts'

export interface TlsAcceptorHooks {
  readonly listener: () => CompiledListener
  /** Shared by all threads, so that a client resumes its session whichever thread it meets. */
  readonly ticketKeys: Buffer
  readonly onSecure: (socket: TLSSocket, serverName: string, handshake: HandshakeCheck) => void
  readonly onRefused: OnRefused
}

const handshakeTimeoutMs = 15_000

/** Sessions of one chain are not resumed on another, nor where clients are asked for another certificate. */
function sessionIdContextOf({
  serverNames,
  secureContextOptions,
  clientCertificate,
}: CompiledTlsChain): string {
  const { ca = null } = secureContextOptions
  const identity = JSON.stringify([serverNames, ca, clientCertificate])
  return createHash('sha256').update(identity).digest('hex').slice(0, 32)
}

/** Whether a handshake with one of them is good for the other. */
const isAlike = (one: CompiledTlsChain, other: CompiledTlsChain) =>
  one.secureContextOptions === other.secureContextOptions ||
  sessionIdContextOf(one) === sessionIdContextOf(other)

function serverOptionsOf(chain: CompiledTlsChain | undefined): TlsOptions {
  // Without a certificate the handshake ends with the alert that it must end with.
  if (chain === undefined) return {}
  const { secureContextOptions, clientCertificate, alpnProtocols } = chain
  return {
    ...secureContextOptions,
    sessionIdContext: sessionIdContextOf(chain),
    // What the client presents is checked after the handshake.
    ...(clientCertificate === 'unasked' ? {} : { requestCert: true, rejectUnauthorized: false }),
    ...(alpnProtocols.length === 0
      ? {}
      : {
          ALPNCallback: ({ protocols }) => alpnProtocols.find((each) => protocols.includes(each)),
        }),
  }
}

/**
 * Ends TLS on connections that are handed to it. The server name is read before the handshake, because a TLS
 * library fixes versions, tickets and the request for a certificate before it tells the name.
 */
export class TlsAcceptor {
  readonly #hooks: TlsAcceptorHooks
  /** Chains are reused by snapshots that did not change them, and so are their servers. */
  readonly #servers = new WeakMap<SecureContextOptions, Server>()
  #refusing: Server | undefined
  /** Peers whose handshake is not done. */
  readonly #handshaking = new Set<string>()

  constructor(hooks: TlsAcceptorHooks) {
    this.#hooks = hooks
  }

  accept(socket: Socket): void {
    this.#watchHandshake(socket)
    let seen = Buffer.alloc(0)
    const finish = () => {
      clearTimeout(timer)
      socket.off('data', onData)
      socket.off('close', finish)
    }
    const timer = setTimeout(() => socket.destroy(), handshakeTimeoutMs)
    const onData = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk])
      const reading = readServerName(seen)
      if (reading.type === 'incomplete') return
      finish()
      const serverName = reading.type === 'read' ? reading.serverName : ''
      socket.pause()
      socket.unshift(seen)
      this.#serverFor(serverName).emit('connection', socket)
    }
    socket.on('data', onData)
    socket.on('close', finish)
  }

  /** When a handshake has failed, Node's TLS socket knows its peer no more; the connection below it does. */
  #watchHandshake(socket: Socket): void {
    const peer = peerOf(socket)
    const clientAddress = socket.remoteAddress ?? ''
    this.#handshaking.add(peer)
    socket.once('close', () => {
      // Probes of balancers connect and say nothing.
      const failed = this.#handshaking.delete(peer) && socket.bytesRead > 0
      if (failed) this.#refuse(clientAddress, 'tls-handshake')
    })
  }

  #serverFor(serverName: string): Server {
    const chain = findTlsChain(this.#hooks.listener(), serverName)
    if (chain === undefined) {
      this.#refusing ??= this.#createServer(undefined)
      return this.#refusing
    }
    const key = chain.secureContextOptions
    const server = this.#servers.get(key) ?? this.#createServer(chain)
    this.#servers.set(key, server)
    return server
  }

  #createServer(chain: CompiledTlsChain | undefined): Server {
    const options = serverOptionsOf(chain)
    const server = createServer({
      ...options,
      handshakeTimeout: handshakeTimeoutMs,
      ticketKeys: this.#hooks.ticketKeys,
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION | (options.secureOptions ?? 0),
    })
    server.on('secureConnection', (socket) => this.#takeSecure(socket, chain))
    return server
  }

  #takeSecure(socket: TLSSocket, chain: CompiledTlsChain | undefined): void {
    this.#handshaking.delete(peerOf(socket))
    const serverName = typeof socket.servername === 'string' ? socket.servername.toLowerCase() : ''
    const current = findTlsChain(this.#hooks.listener(), serverName)
    // The library's reading of the name counts, and a snapshot may have come in between.
    if (current === undefined || chain === undefined || !isAlike(current, chain)) {
      this.#cut(socket, 'tls-handshake')
    } else if (current.clientCertificate === 'required' && !socket.authorized) {
      this.#cut(socket, 'tls-client-certificate')
    } else {
      this.#hooks.onSecure(socket, serverName, handshakeCheckOf(current))
    }
  }

  #cut(socket: TLSSocket, reason: string): void {
    this.#refuse(socket.remoteAddress ?? '', reason)
    socket.destroy()
  }

  #refuse(clientAddress: string, reason: string): void {
    this.#hooks.onRefused({ reason, status: 0, clientAddress })
  }
}

const peerOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`
