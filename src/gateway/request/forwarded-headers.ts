import { BlockList, isIPv6 } from 'node:net'
import type { HttpConnectionOptions } from '../../ir/listener.ts'
import type { HeaderList } from '../../lib/http/header-list.ts'

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
  const found = findForwarded(headers)
  const { flat } = headers
  const forwardedFor = found.forwardedForAt < 0 ? undefined : flat[found.forwardedForAt + 1]
  const clientAddress = clientAddressOf(forwardedFor, peer.address, options)
  const trusted = !options.useRemoteAddress || isInternal(clientAddress)
  if (options.useRemoteAddress) {
    if (forwardedFor === undefined) flat.push('x-forwarded-for', peer.address)
    else flat[found.forwardedForAt + 1] = `${forwardedFor}, ${peer.address}`
  }
  const ownProto = options.useRemoteAddress && options.xffTrustedHops === 0
  if (found.protoAt < 0) flat.push('x-forwarded-proto', peer.scheme)
  else if (ownProto) headers.set('x-forwarded-proto', peer.scheme)
  if (found.edgeOnly && !trusted) removeEdgeOnly(headers)
  return { clientAddress, requestId: takeRequestId(headers, trusted, createRequestId) }
}

/** Only those that are trusted may name a request; everybody else gets a new name. */
function takeRequestId(
  headers: HeaderList,
  trusted: boolean,
  createRequestId: () => string,
): string {
  const known = headers.get('x-request-id')
  if (trusted && known !== undefined && known !== '') return known
  const requestId = createRequestId()
  if (known === undefined) headers.append('x-request-id', requestId)
  else headers.set('x-request-id', requestId)
  return requestId
}

interface ForwardedPlaces {
  forwardedForAt: number
  protoAt: number
  edgeOnly: boolean
}

/** One pass over the headers; -1 where there is none. */
function findForwarded(headers: HeaderList): ForwardedPlaces {
  const { flat } = headers
  const found = { forwardedForAt: -1, protoAt: -1, edgeOnly: false }
  for (let index = 0; index < flat.length; index += 2) {
    const name = flat[index] as string
    // All of them begin with an x.
    if (name.charCodeAt(0) !== 0x78) continue
    if (name === 'x-forwarded-proto') found.protoAt = index
    else if (edgeOnlyHeaders.has(name)) found.edgeOnly = true
    else if (name === 'x-forwarded-for') {
      if (found.forwardedForAt >= 0) return findForwarded(joinForwardedFor(headers))
      found.forwardedForAt = index
    }
  }
  return found
}

/** Several `x-forwarded-for` lines are one list (RFC 9110 section 5.3). */
function joinForwardedFor(headers: HeaderList): HeaderList {
  headers.set('x-forwarded-for', headers.getAll('x-forwarded-for').join(', '))
  return headers
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
