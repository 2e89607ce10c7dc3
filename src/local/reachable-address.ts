import { networkInterfaces } from 'node:os'

/** Where others reach a socket bound to `address`: itself, or for a wildcard this machine's first outside IPv4 address. */
export function reachableAddress(address: string): string {
  if (address !== '0.0.0.0' && address !== '::') return address
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
}
