/**
 * Writes the Distinguished Encoding Rules of ASN.1 (ITU-T X.690), as far as certificates need them.
 * Every function returns one complete element: tag, length, contents.
 */

/** Any element by its tag byte. */
export function derElement(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([Buffer.from([tag]), derLength(length), ...contents])
}

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}

export function derSequence(...elements: readonly Uint8Array[]): Buffer {
  return derElement(0x30, ...elements)
}

export function derSet(...elements: readonly Uint8Array[]): Buffer {
  return derElement(0x31, ...elements)
}

/** An unsigned integer of any size, big-endian. */
export function derInteger(magnitude: Uint8Array): Buffer {
  let start = 0
  while (start < magnitude.length - 1 && magnitude[start] === 0) start++
  const bytes = magnitude.subarray(start)
  // A set top bit would make the number negative.
  const sign = (bytes[0] ?? 0) >= 0x80 || bytes.length === 0 ? Buffer.of(0) : Buffer.alloc(0)
  return derElement(0x02, sign, bytes)
}

export function derBoolean(value: boolean): Buffer {
  return derElement(0x01, Buffer.of(value ? 0xff : 0))
}

/** An object identifier in its dotted form. */
export function derObjectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return derElement(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): number[] {
  const bytes = [value % 128]
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) {
    bytes.unshift(0x80 | (left % 128))
  }
  return bytes
}

export function derUtf8String(text: string): Buffer {
  return derElement(0x0c, Buffer.from(text, 'utf8'))
}

export function derOctetString(bytes: Uint8Array): Buffer {
  return derElement(0x04, bytes)
}

/** A bit string whose last byte leaves `unusedBits` bits unused. */
export function derBitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return derElement(0x03, Buffer.of(unusedBits), bytes)
}

/** UTCTime until 2049 and GeneralizedTime from 2050 on, as RFC 5280 section 4.1.2.5 wants it. */
export function derTime(timeMs: number): Buffer {
  const digits = `${new Date(timeMs).toISOString().replace(/\D/g, '').slice(0, 14)}Z`
  return digits < '2050'
    ? derElement(0x17, Buffer.from(digits.slice(2), 'latin1'))
    : derElement(0x18, Buffer.from(digits, 'latin1'))
}

/** `contents` behind a context-specific tag; `constructed` when it holds whole elements. */
export function derContext(number: number, constructed: boolean, contents: Uint8Array): Buffer {
  return derElement((constructed ? 0xa0 : 0x80) | number, contents)
}
