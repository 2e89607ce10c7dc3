import { constants } from 'node:crypto'
import {
  createSecureContext,
  createServer,
  type SecureContext,
  type Server,
  type TLSSocket,
} from 'node:tls'
import type { CompiledListener, CompiledTlsChain } from '../../snapshot/snapshot.ts'
import { findTlsChain } from './connection-state.ts'
import type { OnRefused } from './refuse-connection.ts'

const contexts = new WeakMap<CompiledTlsChain, SecureContext>()

/** Chains are reused by snapshots that did not change them, and so are their parsed certificates. */
function contextOf(chain: CompiledTlsChain): SecureContext {
  let context = contexts.get(chain)
  if (context === undefined) {
    context = createSecureContext(chain.secureContextOptions)
    contexts.set(chain, context)
  }
  return context
}

export interface TlsAcceptorHooks {
  readonly listener: () => CompiledListener
  /** Shared by all threads, so that a client resumes its session whichever thread it meets. */
  readonly ticketKeys: Buffer
  readonly onSecure: (socket: TLSSocket, serverName: string) => void
  readonly onRefused: OnRefused
}

const handshakeTimeoutMs = 15_000

/** Ends TLS on connections that are handed to it; certificates are looked up per handshake, so reloads need no new server. */
export function createTlsAcceptor(hooks: TlsAcceptorHooks): Server {
  const chainFor = (serverName: string) => findTlsChain(hooks.listener(), serverName.toLowerCase())
  const server = createServer({
    handshakeTimeout: handshakeTimeoutMs,
    ticketKeys: hooks.ticketKeys,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ...certificateRequest(hooks.listener()),
    ...defaultContext(chainFor('')),
    SNICallback: (serverName, callback) => {
      const chain = chainFor(serverName)
      if (chain === undefined) callback(new Error(`No certificate serves ${serverName}.`))
      else callback(null, contextOf(chain))
    },
    ALPNCallback: ({ servername, protocols }) =>
      chainFor(servername)?.alpnProtocols.find((protocol) => protocols.includes(protocol)),
  })
  server.on('secureConnection', (socket) => {
    const serverName = typeof socket.servername === 'string' ? socket.servername.toLowerCase() : ''
    const chain = chainFor(serverName)
    const refused =
      chain === undefined || (chain.requestClientCertificate && !socket.authorized)
        ? 'tls-client-certificate'
        : undefined
    if (refused === undefined) hooks.onSecure(socket, serverName)
    else {
      hooks.onRefused({ reason: refused, status: 0, clientAddress: socket.remoteAddress ?? '' })
      socket.destroy()
    }
  })
  server.on('tlsClientError', (_error, socket) => {
    const clientAddress = socket.remoteAddress ?? ''
    hooks.onRefused({ reason: 'tls-handshake', status: 0, clientAddress })
  })
  return server
}

/** Asking for a client certificate is decided per server; which chain insists is checked after the handshake. */
function certificateRequest({ tlsChains }: CompiledListener) {
  const requestCert = tlsChains.some((chain) => chain.requestClientCertificate)
  return requestCert ? { requestCert, rejectUnauthorized: false } : {}
}

/** For clients that send no server name. */
function defaultContext(chain: CompiledTlsChain | undefined) {
  return chain === undefined ? {} : chain.secureContextOptions
}
