/** One field as it stands on the wire: a number, or the bytes of a string, message or map entry. */
export interface WireField {
  readonly number: number
  readonly value: bigint | Uint8Array
}

/** Splits a message into its fields (https://protobuf.dev/programming-guides/encoding/). Throws when it is cut or garbled. */
export function readWireFields(bytes: Uint8Array): readonly WireField[] {
  const fields: WireField[] = []
  let offset = 0
  const readVarint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[offset++]
      if (byte === undefined) throw new Error('a message ends inside of a number')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new Error('a number is too long')
  }
  const readBytes = (length: number): Uint8Array => {
    if (offset + length > bytes.length) throw new Error('a message ends inside of a field')
    offset += length
    return bytes.subarray(offset - length, offset)
  }
  while (offset < bytes.length) {
    const key = Number(readVarint())
    const number = key >>> 3
    const wireType = key & 7
    if (wireType === 0) fields.push({ number, value: readVarint() })
    else if (wireType === 2) fields.push({ number, value: readBytes(Number(readVarint())) })
    else throw new Error(`field ${number} has the wire type ${wireType}`)
  }
  return fields
}
