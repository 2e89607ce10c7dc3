import type { CompiledTlsChain } from '../../snapshot/snapshot.ts'
import type { ClientResponse } from '../request-handler.ts'
import type { OnRefused } from './refuse-connection.ts'

/** What was asked of the client of a connection when it shook hands. */
export interface HandshakeCheck {
  readonly clientCertificate: CompiledTlsChain['clientCertificate']
  readonly authority: CompiledTlsChain['secureContextOptions']['ca']
}

/**
 * How a connection stands to what is asked of clients now. `current`: it meets it. `earlier`: its certificate was
 * checked by another authority. `unchecked`: a certificate is required that it did not need then.
 */
export type ClientStanding = 'current' | 'earlier' | 'unchecked'

/** What a chain asks of clients. */
export const handshakeCheckOf = ({
  clientCertificate,
  secureContextOptions,
}: CompiledTlsChain): HandshakeCheck => ({ clientCertificate, authority: secureContextOptions.ca })

/** Holds what was asked at the handshake against the chain that is in force now. */
export function standingOf(
  then: HandshakeCheck | undefined,
  now: CompiledTlsChain | undefined,
): ClientStanding {
  if (now?.clientCertificate !== 'required') return 'current'
  if (then?.clientCertificate !== 'required') return 'unchecked'
  return then.authority === now.secureContextOptions.ca ? 'current' : 'earlier'
}

/** Asks for another connection, on which the client can show its certificate (RFC 9110 section 15.5.20). */
export function refuseUnchecked(
  response: ClientResponse,
  clientAddress: string,
  onRefused: OnRefused,
): void {
  const status = 421
  const body = 'a client certificate is required, which this connection has not shown\n'
  response.statusCode = status
  response.setHeader('content-type', 'text/plain')
  response.setHeader('content-length', Buffer.byteLength(body))
  response.end(body)
  onRefused({ reason: 'tls-client-certificate', status, clientAddress })
}
