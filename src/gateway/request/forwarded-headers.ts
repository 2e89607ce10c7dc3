import { BlockList, isIPv6 } from 'node:net'
import type { HttpConnectionOptions } from '../../ir/listener.ts'
import type { HeaderList } from '../../lib/header-list.ts'

/** Who sent a request, and what it is called. */
export interface ClientIdentity {
  readonly clientAddress: string
  readonly requestId: string
}

/** What is known of the connection a request came by. */
export interface PeerFacts {
  readonly address: string
  readonly scheme: 'http' | 'https'
}

const internal = new BlockList()
internal.addSubnet('10.0.0.0', 8, 'ipv4')
internal.addSubnet('172.16.0.0', 12, 'ipv4')
internal.addSubnet('192.168.0.0', 16, 'ipv4')
internal.addSubnet('127.0.0.0', 8, 'ipv4')
internal.addSubnet('fc00::', 7, 'ipv6')
internal.addAddress('::1', 'ipv6')

/** What only the gateway and those it trusts may tell an upstream (Envoy's conn_manager_utility.cc). */
const edgeOnlyHeaders = new Set([
  'x-envoy-attempt-count',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-external-address',
  'x-envoy-internal',
  'x-envoy-original-path',
])

let lastAddress = ''
let lastInternal = false

function isInternal(address: string): boolean {
  if (address !== lastAddress) {
    lastAddress = address
    lastInternal = internal.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  }
  return lastInternal
}

/**
 * Writes `x-forwarded-for`, `x-forwarded-proto` and `x-request-id` as Envoy's connection manager does
 * (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers).
 */
export function applyForwardedHeaders(
  headers: HeaderList,
  peer: PeerFacts,
  options: HttpConnectionOptions,
  createRequestId: () => string,
): ClientIdentity {
  const { flat } = headers
  let forwardedForAt = -1
  let protoAt = -1
  let requestIdAt = -1
  let edgeOnly = false
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index] as string
    if (name.charCodeAt(0) !== 0x78) continue
    if (name === 'x-forwarded-for') {
      if (forwardedForAt >= 0) return applyToJoined(headers, peer, options, createRequestId)
      forwardedForAt = index
    } else if (name === 'x-forwarded-proto') protoAt = index
    else if (name === 'x-request-id') requestIdAt = index
    else if (edgeOnlyHeaders.has(name)) edgeOnly = true
  }
  const forwardedFor = forwardedForAt < 0 ? undefined : flat[forwardedForAt + 1]
  const clientAddress = clientAddressOf(forwardedFor, peer.address, options)
  const trusted = !options.useRemoteAddress || isInternal(clientAddress)
  if (options.useRemoteAddress) {
    if (forwardedForAt < 0) flat.push('x-forwarded-for', peer.address)
    else flat[forwardedForAt + 1] = `${forwardedFor}, ${peer.address}`
  }
  if (protoAt < 0) flat.push('x-forwarded-proto', peer.scheme)
  else if (options.useRemoteAddress && options.xffTrustedHops === 0) flat[protoAt + 1] = peer.scheme
  const known = requestIdAt < 0 || !trusted ? undefined : flat[requestIdAt + 1]
  const requestId = known === undefined || known === '' ? createRequestId() : known
  if (requestIdAt < 0) flat.push('x-request-id', requestId)
  else if (requestId !== known) headers.set('x-request-id', requestId)
  if (edgeOnly && !trusted) removeEdgeOnly(headers)
  return { clientAddress, requestId }
}

/** Several `x-forwarded-for` lines are one list (RFC 9110 section 5.3). */
function applyToJoined(
  headers: HeaderList,
  peer: PeerFacts,
  options: HttpConnectionOptions,
  createRequestId: () => string,
): ClientIdentity {
  headers.set('x-forwarded-for', headers.getAll('x-forwarded-for').join(', '))
  return applyForwardedHeaders(headers, peer, options, createRequestId)
}

function removeEdgeOnly(headers: HeaderList): void {
  for (const name of edgeOnlyHeaders) headers.remove(name)
}

function clientAddressOf(
  forwardedFor: string | undefined,
  peerAddress: string,
  options: HttpConnectionOptions,
): string {
  const hops = options.xffTrustedHops
  if (forwardedFor === undefined || (options.useRemoteAddress && hops === 0)) return peerAddress
  const addresses = forwardedFor.split(',')
  // With the peer's address taken, the list ends one hop earlier.
  const index = addresses.length - (options.useRemoteAddress ? hops : hops + 1)
  const address = addresses[index]?.trim()
  return address === undefined || address === '' ? peerAddress : address
}
