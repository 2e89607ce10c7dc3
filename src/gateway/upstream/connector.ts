import { connect as connectTcp, type OnReadOpts, type Socket } from 'node:net'
import { connect as connectTls, type SecureContext } from 'node:tls'
import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import { checkNames } from '../../lib/tls/check-names.ts'
import type { AddressGuard } from '../../lib/upstream-address/address-guard.ts'
import {
  type AddressResolver,
  NoEndpointError,
  type UpstreamAddress,
} from '../../lib/upstream-address/address-resolver.ts'

/** Where and how connections of one pool are opened. */
export interface ConnectTarget {
  readonly host: string
  readonly port: number
  readonly connectTimeoutMs: number
  readonly tcpKeepaliveMs: number | undefined
  readonly http2: boolean
  readonly tls: TlsTarget | undefined
}

export interface TlsTarget {
  readonly context: SecureContext
  readonly serverName: string | undefined
  readonly verifyPeer: boolean
  /** Names of which the certificate must carry one. */
  readonly acceptedNames: readonly string[]
  readonly alpnProtocols: readonly string[]
}

/** Carries a {@link GatewayError} through callbacks that want an `Error`. */
export class ConnectError extends Error {
  readonly gatewayError: GatewayError

  constructor(error: GatewayError, cause?: unknown) {
    super(error.message, { cause })
    this.gatewayError = error
  }
}

/** What belongs to a connection beside its target. */
export interface ConnectionParts {
  readonly sessions: SessionHolder
  /** Set: the socket is read by this and emits no `data`. */
  readonly onread?: OnReadOpts
}

type ConnectCallback = (error: Error | null, socket: Socket | null) => void

/** Opens connections: resolves the name, checks the address, dials, and shakes hands. */
export class Connector {
  readonly #resolver: AddressResolver
  readonly #isForbidden: AddressGuard

  constructor(resolver: AddressResolver, isForbidden: AddressGuard) {
    this.#resolver = resolver
    this.#isForbidden = isForbidden
  }

  connect(target: ConnectTarget, parts: ConnectionParts, callback: ConnectCallback): void {
    // A name server that does not answer must not hold requests longer than a host that does not.
    let timer: NodeJS.Timeout | undefined = setTimeout(() => {
      timer = undefined
      callback(connectFailure(`DNS resolution of ${target.host} timed out`, undefined), null)
    }, target.connectTimeoutMs)
    this.#resolver.resolve(target.host, target.port, (error, address) => {
      if (timer === undefined) return
      clearTimeout(timer)
      if (address === undefined) {
        callback(resolveFailure(target.host, error), null)
        return
      }
      const reason = this.#isForbidden(address)
      if (reason !== undefined) {
        const message = `upstream ${target.host}:${target.port} may not be reached: ${reason}`
        callback(new ConnectError(gatewayError('upstream-forbidden', message)), null)
        return
      }
      dial(target, address, { parts, callback })
    })
  }
}

/** The last TLS session of a pool, so that the next connection resumes it. */
export interface SessionHolder {
  session: Buffer | undefined
}

/** Envoy's text for answers where no response head came. */
export function resetMessage(reason: string): string {
  return `upstream connect error or disconnect/reset before headers. reset reason: ${reason}`
}

/** Envoy's text for a cluster without hosts, and why there are none where that is known. */
export function withoutEndpoints(reason: string | undefined, cause?: unknown): GatewayError {
  return reason === undefined
    ? gatewayError('no-healthy-upstream', 'no healthy upstream', { cause })
    : gatewayError('upstream-without-endpoints', `no healthy upstream: ${reason}`, { cause })
}

function resolveFailure(host: string, error: Error | null): ConnectError {
  if (!(error instanceof NoEndpointError)) {
    return connectFailure(`DNS resolution of ${host} failed`, error)
  }
  return new ConnectError(withoutEndpoints(error.message, error), error)
}

function connectFailure(detail: string, cause: unknown): ConnectError {
  const reason = `remote connection failure, transport failure reason: ${detail}`
  return new ConnectError(
    gatewayError('upstream-connect-failure', resetMessage(reason), { cause }),
    cause,
  )
}

const detailByErrno: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'delayed connect error: Connection refused',
  ECONNRESET: 'connection reset by peer during the handshake',
  EHOSTUNREACH: 'delayed connect error: No route to host',
  ENETUNREACH: 'immediate connect error: Network is unreachable',
  ETIMEDOUT: 'delayed connect error: Connection timed out',
}

/** Advice to people who start Node themselves. */
const adviceOfNode = /; if the root CA is installed locally, try running Node\.js with .*$/

function detailOf(error: Error): string {
  const code = 'code' in error ? String(error.code) : ''
  const known = detailByErrno[code]
  if (known !== undefined) return known
  // Texts of the TLS library say what is wrong with a certificate and carry nothing of the request.
  const text = error.message.replace(adviceOfNode, '')
  return code === '' ? text : `${code}: ${text}`
}

interface DialState {
  readonly parts: ConnectionParts
  readonly callback: ConnectCallback
}

function dial(target: ConnectTarget, address: UpstreamAddress, state: DialState): void {
  const socket =
    target.tls === undefined
      ? connectTcp({
          ...{ host: address.address, port: address.port, noDelay: true },
          ...readOptions(state.parts),
        })
      : openTls(target.tls, target, { address, parts: state.parts })
  if (target.tcpKeepaliveMs !== undefined) socket.setKeepAlive(true, target.tcpKeepaliveMs)
  const timer = setTimeout(
    () => socket.destroy(connectFailure('connection timeout', undefined)),
    target.connectTimeoutMs,
  )
  const onError = (error: Error): void => {
    clearTimeout(timer)
    state.callback(
      error instanceof ConnectError ? error : connectFailure(detailOf(error), error),
      null,
    )
  }
  socket.once('error', onError)
  socket.once(target.tls === undefined ? 'connect' : 'secureConnect', () => {
    clearTimeout(timer)
    socket.off('error', onError)
    const refusal = acceptProtocol(target, socket)
    if (refusal === undefined) {
      state.callback(null, socket)
      return
    }
    socket.on('error', () => undefined).destroy()
    state.callback(refusal, null)
  })
}

/** undici reads `alpnProtocol` to know what a socket speaks, on clear-text sockets too. */
function acceptProtocol(target: ConnectTarget, socket: Socket): ConnectError | undefined {
  if (!target.http2) return undefined
  const speaking = socket as Socket & { alpnProtocol?: string | false | null }
  if (target.tls === undefined) speaking.alpnProtocol = 'h2'
  if (speaking.alpnProtocol === 'h2') return undefined
  return connectFailure('the upstream does not negotiate HTTP/2', undefined)
}

const readOptions = ({ onread }: ConnectionParts) => (onread === undefined ? {} : { onread })

function openTls(
  tls: TlsTarget,
  target: ConnectTarget,
  { address, parts }: { address: UpstreamAddress; parts: ConnectionParts },
): Socket {
  const { sessions } = parts
  const ownProtocols = target.http2 ? ['h2'] : ['http/1.1']
  const socket = connectTls({
    host: address.address,
    port: address.port,
    secureContext: tls.context,
    servername: tls.serverName ?? '',
    rejectUnauthorized: tls.verifyPeer,
    ALPNProtocols: tls.alpnProtocols.length > 0 ? [...tls.alpnProtocols] : ownProtocols,
    checkServerIdentity: (_host, certificate) => checkNames(tls.acceptedNames, certificate),
    ...(sessions.session === undefined ? {} : { session: sessions.session }),
    ...readOptions(parts),
  })
  socket.setNoDelay(true)
  socket.on('session', (session: Buffer) => {
    sessions.session = session
  })
  return socket
}
