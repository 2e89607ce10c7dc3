/** One field of a protobuf message: a text, or the bytes of another message. */
export interface MessageField {
  readonly number: number
  readonly value: string | Buffer
}

/** Writes fields whose values have a length before them (https://protobuf.dev/programming-guides/encoding/). */
export function encodeMessage(fields: readonly MessageField[]): Buffer {
  return Buffer.concat(
    fields.flatMap(({ number, value }) => {
      const bytes = Buffer.from(value)
      return [encodeVarint(number * 8 + 2), encodeVarint(bytes.length), bytes]
    }),
  )
}

function encodeVarint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  return Buffer.from([...bytes, rest])
}
