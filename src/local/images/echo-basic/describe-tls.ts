import type { Socket } from 'node:net'
import { type PeerCertificate, TLSSocket } from 'node:tls'

/** A connection's TLS, as the echo tells it. */
export interface TlsDescription {
  readonly version: string
  readonly serverName: string
  readonly negotiatedProtocol: string
  readonly cipherSuite: string
  /** PEM. */
  readonly peerCertificates: readonly string[]
}

/** What was agreed on a connection; undefined in clear text. */
export function describeTls(socket: Socket): TlsDescription | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const { alpnProtocol } = socket
  return {
    version: socket.getProtocol() ?? '',
    serverName: serverNameOf(socket),
    negotiatedProtocol: typeof alpnProtocol === 'string' ? alpnProtocol : '',
    cipherSuite: socket.getCipher().standardName,
    peerCertificates: certificatesOf(socket),
  }
}

function serverNameOf(socket: TLSSocket): string {
  const { servername } = socket as { servername?: unknown }
  return typeof servername === 'string' ? servername : ''
}

function certificatesOf(socket: TLSSocket): string[] {
  const certificate: Partial<PeerCertificate> = socket.getPeerCertificate()
  if (certificate.raw === undefined) return []
  const lines = certificate.raw.toString('base64').replace(/.{64}(?=.)/g, '$&\n')
  return [`-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`]
}
