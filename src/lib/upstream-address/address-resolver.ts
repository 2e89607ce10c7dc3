import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { matchesHostPattern } from '../http/host-pattern.ts'

/** As curl's `--resolve`: where to connect for an upstream's host and port. */
export interface AddressOverride {
  /** A name, or a pattern as {@link matchesHostPattern} reads it; a name goes before patterns. */
  readonly host: string
  /** Undefined: every port. */
  readonly port: number | undefined
  /** Used in turn; none: the name leads nowhere, and nobody is asked for it. */
  readonly targets: readonly OverrideTarget[]
  /** Why there are no targets, in words for clients. */
  readonly emptyReason?: string
  /** The operator or a stand-in of Sluice's own named the targets, so that they may be on this machine. */
  readonly trusted: boolean
}

export interface OverrideTarget {
  /** An IP address, or a name that is looked up. */
  readonly address: string
  /** Undefined: the port that was asked for. */
  readonly port: number | undefined
}

/** Where to dial. */
export interface UpstreamAddress {
  readonly address: string
  readonly port: number
  /** The operator or a stand-in of Sluice's own named this address. */
  readonly trusted: boolean
}

/** The name is known here and has nothing behind it now; the message says why, in words for clients. */
export class NoEndpointError extends Error {}

/** Asks DNS for a name's addresses. */
export type LookUp = (
  host: string,
  callback: (error: Error | null, addresses: readonly string[]) => void,
) => void

const cacheMs = 5_000

interface CacheEntry {
  addresses: readonly string[]
  expiresMs: number
  next: number
}

/** Asks the operating system for a name's addresses of one family. */
export type LookUpFamily = (
  host: string,
  options: { readonly all: true; readonly family: 4 | 6 },
  callback: (error: Error | null, entries: readonly { readonly address: string }[]) => void,
) => void

/**
 * DNS as the operating system is set up for it. IPv6 is asked for when a name has no IPv4 address, as Gloo does by default; for both at
 * once would wait for servers that never answer one of them.
 */
export function systemLookUp(
  host: string,
  callback: (error: Error | null, addresses: readonly string[]) => void,
  lookUpFamily: LookUpFamily = lookup,
): void {
  lookUpFamily(host, { all: true, family: 4 }, (error, entries) => {
    if (error === null && entries.length > 0) {
      callback(null, addressesOf(entries))
      return
    }
    lookUpFamily(host, { all: true, family: 6 }, (ipv6Error, ipv6Entries) => {
      if (ipv6Error === null) callback(null, addressesOf(ipv6Entries))
      else callback(error ?? ipv6Error, [])
    })
  })
}

const addressesOf = (entries: readonly { readonly address: string }[]) =>
  entries.map(({ address }) => address)

/**
 * Turns an endpoint's host and port into an address: overrides first, as curl's `--resolve`, then DNS,
 * remembered for five seconds; several addresses are used in turn.
 */
export class AddressResolver {
  readonly #lookUp: LookUp
  readonly #now: () => number
  readonly #cache = new Map<string, CacheEntry>()
  #overrides = new Map<string, AddressOverride[]>()
  #patterns: readonly AddressOverride[] = []
  readonly #turns = new WeakMap<AddressOverride, number>()

  constructor(lookUp: LookUp, now: () => number) {
    this.#lookUp = lookUp
    this.#now = now
  }

  /** Returns the hosts, in lower case, that lead elsewhere than before. */
  setOverrides(overrides: readonly AddressOverride[]): ReadonlySet<string> {
    const before = this.#overrides
    this.#overrides = Map.groupBy(overrides, (override) => override.host.toLowerCase())
    this.#patterns = overrides.filter(({ host }) => host.includes('*'))
    const hosts = new Set([...before.keys(), ...this.#overrides.keys()])
    for (const host of hosts) {
      if (isDeepStrictEqual(before.get(host), this.#overrides.get(host))) hosts.delete(host)
    }
    return hosts
  }

  resolve(
    host: string,
    port: number,
    callback: (error: Error | null, address: UpstreamAddress | undefined) => void,
  ): void {
    const name = host.toLowerCase()
    const override = this.#findOverride(name, port)
    const target = override === undefined ? undefined : this.#takeTarget(override)
    if (override !== undefined && target === undefined) {
      const reason = override.emptyReason ?? `${name}:${port} has no endpoint that is ready`
      callback(new NoEndpointError(reason), undefined)
      return
    }
    const address = target?.address.toLowerCase() ?? name
    const targetPort = target?.port ?? port
    const trusted = target !== undefined && override?.trusted === true
    if (isIP(address) !== 0) {
      callback(null, { address, port: targetPort, trusted })
      return
    }
    this.#resolveName(address, (error, found) => {
      callback(
        error,
        found === undefined ? undefined : { address: found, port: targetPort, trusted },
      )
    })
  }

  #findOverride(name: string, port: number): AddressOverride | undefined {
    const isFor = (each: AddressOverride) => each.port === undefined || each.port === port
    return (
      this.#overrides.get(name)?.find(isFor) ??
      this.#patterns.find((each) => isFor(each) && matchesHostPattern(each.host, name))
    )
  }

  #takeTarget(override: AddressOverride): OverrideTarget | undefined {
    const turn = this.#turns.get(override) ?? 0
    this.#turns.set(override, (turn + 1) % Math.max(1, override.targets.length))
    return override.targets[turn]
  }

  #resolveName(
    name: string,
    callback: (error: Error | null, address: string | undefined) => void,
  ): void {
    const known = this.#cache.get(name)
    if (known !== undefined && known.expiresMs > this.#now()) {
      callback(null, takeInTurn(known))
      return
    }
    this.#lookUp(name, (error, addresses) => {
      if (error !== null || addresses.length === 0) {
        // Addresses that worked stay in use while DNS does not answer.
        if (known !== undefined) callback(null, takeInTurn(known))
        else callback(error ?? new Error(`${name} has no address`), undefined)
        return
      }
      const next = known?.next ?? 0
      const entry = { addresses, expiresMs: this.#now() + cacheMs, next }
      this.#remember(name, entry)
      callback(null, takeInTurn(entry))
    })
  }

  #remember(name: string, entry: CacheEntry): void {
    if (this.#cache.size >= 10_000) this.#cache.clear()
    this.#cache.set(name, entry)
  }
}

function takeInTurn(entry: CacheEntry): string | undefined {
  const address = entry.addresses[entry.next % entry.addresses.length]
  entry.next += 1
  return address
}
