import { networkInterfaces } from 'node:os'
import { type AddressGuard, createAddressGuard } from './address-guard.ts'

/** An {@link AddressGuard} that learns where this process listens as its configuration changes. */
export interface OwnAddressGuard {
  readonly check: AddressGuard
  /** `address:port` of every listener, in place of those named before. */
  setOwnAddresses(addresses: readonly string[]): void
}

/** Makes a guard for this machine. `forbiddenAddresses` stay forbidden whatever the configuration says. */
export function createOwnAddressGuard(rules: {
  readonly allowLoopback: boolean
  readonly forbiddenAddresses: readonly string[]
}): OwnAddressGuard {
  const localAddresses = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => address),
  )
  const create = (ownAddresses: readonly string[]) =>
    createAddressGuard({
      allowLoopback: rules.allowLoopback,
      forbiddenAddresses: [...rules.forbiddenAddresses, ...ownAddresses],
      localAddresses,
    })
  let guard = create([])
  return {
    check: (address) => guard(address),
    setOwnAddresses(addresses) {
      guard = create(addresses)
    },
  }
}
