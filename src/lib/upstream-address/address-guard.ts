import { BlockList, isIPv6 } from 'node:net'
import type { UpstreamAddress } from './address-resolver.ts'

/** What the operator allows and what is Sluice's own. */
export interface AddressRules {
  readonly allowLoopback: boolean
  /** `address:port`, IPv6 in brackets; `0.0.0.0` and `[::]` stand for every address of this machine. */
  readonly forbiddenAddresses: readonly string[]
  /** Addresses of this machine's interfaces. */
  readonly localAddresses: readonly string[]
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addSubnet('0.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')
loopback.addAddress('::', 'ipv6')

const linkLocal = new BlockList()
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4')
linkLocal.addSubnet('fe80::', 10, 'ipv6')
// Metadata services that are not link-local: of AWS over IPv6, of Alibaba Cloud, of Oracle Cloud, and Azure's WireServer.
linkLocal.addAddress('fd00:ec2::254', 'ipv6')
linkLocal.addAddress('100.100.100.200', 'ipv4')
linkLocal.addAddress('192.0.0.192', 'ipv4')
linkLocal.addAddress('168.63.129.16', 'ipv4')

/** Returns why an address may not be dialled for a manifest; undefined when it may. */
export type AddressGuard = (target: UpstreamAddress) => string | undefined

/** Makes the check that every address passes after DNS and before a connection is opened. */
export function createAddressGuard(rules: AddressRules): AddressGuard {
  const forbidden = new Set(rules.forbiddenAddresses.map(canonicalEndpoint))
  const local = new Set(rules.localAddresses.map(unmapped))

  function isOwn(address: string, port: number): boolean {
    if (forbidden.has(`${address} ${port}`)) return true
    if (!forbidden.has(`0.0.0.0 ${port}`) && !forbidden.has(`:: ${port}`)) return false
    return isIn(loopback, address) || local.has(address)
  }

  return ({ address: given, port, trusted }) => {
    const address = unmapped(given)
    if (isIn(linkLocal, address)) return `${given} is a link-local or metadata address`
    // 0.0.0.0 dials this machine; whichever loopback address the own port is bound to is meant.
    const own = isOwn(address, port) || (isUnspecified(address) && isOwn('127.0.0.1', port))
    if (own) return `${given}:${port} is one of Sluice's own addresses`
    if (!trusted && !rules.allowLoopback && isIn(loopback, address)) {
      return `${given} is a loopback address; --allow-loopback-upstreams or --resolve permits it`
    }
    return undefined
  }
}

function isUnspecified(address: string): boolean {
  return address === '::' || address.startsWith('0.')
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** `::ffff:127.0.0.1` dials 127.0.0.1. Zone ids do not matter for what an address is. */
function unmapped(address: string): string {
  const plain = (address.split('%')[0] ?? '').toLowerCase()
  if (!isIPv6(plain)) return plain
  const canonical = new URL(`http://[${plain}]/`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical)
  if (mapped === null) return canonical
  const high = Number.parseInt(mapped[1] ?? '0', 16)
  const low = Number.parseInt(mapped[2] ?? '0', 16)
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function canonicalEndpoint(endpoint: string): string {
  const colon = endpoint.lastIndexOf(':')
  const address = endpoint.slice(0, colon).replace(/^\[|\]$/g, '')
  return `${unmapped(address)} ${endpoint.slice(colon + 1)}`
}
