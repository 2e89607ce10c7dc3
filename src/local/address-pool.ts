import { isIPv4 } from 'node:net'

/** A range of IPv4 addresses of this machine that Services are given one by one. */
export interface AddressPool {
  /** The first address that is not in `taken`; undefined when the pool is used up. */
  next(taken: ReadonlySet<string>): string | undefined
  contains(address: string): boolean
}

const toNumber = (address: string) =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

const toAddress = (value: number) =>
  [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.')

/**
 * Reads `a.b.c.d/n`. A pool of one address gives that address to everybody; a larger one leaves out its
 * network and broadcast address and 127.0.0.1, which people expect to be their own.
 * Returns what is wrong with the text otherwise.
 */
export function parseAddressPool(text: string): AddressPool | string {
  const [base = '', lengthText = '32', ...rest] = text.split('/')
  const length = Number(lengthText)
  const wellFormed = isIPv4(base) && Number.isInteger(length) && length >= 0 && length <= 32
  if (!wellFormed || rest.length > 0) {
    return `"${text}" is no IPv4 range such as 127.0.0.0/8`
  }
  const size = 2 ** (32 - length)
  const first = Math.floor(toNumber(base) / size) * size
  const contains = (address: string) =>
    isIPv4(address) && toNumber(address) >= first && toNumber(address) < first + size
  if (size === 1) return { next: () => toAddress(first), contains }
  return {
    contains,
    next(taken) {
      for (let value = first + 1; value < first + size - 1; value++) {
        const address = toAddress(value)
        if (address !== '127.0.0.1' && !taken.has(address)) return address
      }
      return undefined
    },
  }
}
