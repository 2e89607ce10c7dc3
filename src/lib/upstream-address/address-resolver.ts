import { lookup } from 'node:dns'
import { isIP } from 'node:net'

/** As curl's `--resolve`: where to connect for an upstream's host and port. */
export interface AddressOverride {
  readonly host: string
  /** Undefined: every port. */
  readonly port: number | undefined
  readonly address: string
  /** Undefined: the same port. */
  readonly targetPort: number | undefined
}

/** Where to dial. */
export interface UpstreamAddress {
  readonly address: string
  readonly port: number
  /** The operator or the local stand-in for a cluster named this address. */
  readonly overridden: boolean
}

/** Asks DNS for a name's IPv4 addresses. */
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

/** DNS as the operating system is set up for it. */
export function systemLookUp(
  host: string,
  callback: (error: Error | null, addresses: readonly string[]) => void,
): void {
  lookup(host, { all: true, family: 4 }, (error, entries) => {
    callback(error, error === null ? entries.map((entry) => entry.address) : [])
  })
}

/**
 * Turns an endpoint's host and port into an address: overrides first, as curl's `--resolve`, then DNS,
 * remembered for five seconds; several addresses are used in turn.
 */
export class AddressResolver {
  readonly #lookUp: LookUp
  readonly #now: () => number
  readonly #cache = new Map<string, CacheEntry>()
  #overrides = new Map<string, AddressOverride[]>()

  constructor(lookUp: LookUp, now: () => number) {
    this.#lookUp = lookUp
    this.#now = now
  }

  setOverrides(overrides: readonly AddressOverride[]): void {
    this.#overrides = Map.groupBy(overrides, (override) => override.host.toLowerCase())
  }

  resolve(
    host: string,
    port: number,
    callback: (error: Error | null, address: UpstreamAddress | undefined) => void,
  ): void {
    const name = host.toLowerCase()
    const override = this.#overrides
      .get(name)
      ?.find((each) => each.port === undefined || each.port === port)
    if (override !== undefined) {
      const targetPort = override.targetPort ?? port
      callback(null, { address: override.address, port: targetPort, overridden: true })
      return
    }
    if (isIP(name) !== 0) {
      callback(null, { address: name, port, overridden: false })
      return
    }
    this.#resolveName(name, (error, address) => {
      callback(error, address === undefined ? undefined : { address, port, overridden: false })
    })
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
        else callback(error ?? new Error(`${name} has no IPv4 address`), undefined)
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
