/** Builds one protobuf message (https://protobuf.dev/programming-guides/encoding/); fields left undefined are absent. */
export class ProtobufMessage {
  readonly #parts: Uint8Array[] = []
  #length = 0

  string(field: number, value: string | undefined): this {
    return value === undefined || value === '' ? this : this.#delimited(field, Buffer.from(value))
  }

  strings(field: number, values: readonly string[] | undefined): this {
    for (const value of values ?? []) this.#delimited(field, Buffer.from(value))
    return this
  }

  boolean(field: number, value: boolean | undefined): this {
    if (value !== true) return this
    return this.#append(varint(field << 3)).#append(varint(1))
  }

  /** A whole number from 0 on. */
  integer(field: number, value: number | undefined): this {
    if (value === undefined || value === 0) return this
    return this.#append(varint(field << 3)).#append(varint(value))
  }

  double(field: number, value: number | undefined): this {
    if (value === undefined || value === 0) return this
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleLE(value)
    return this.#append(varint((field << 3) | 1)).#append(bytes)
  }

  message(field: number, value: ProtobufMessage | undefined): this {
    return value === undefined ? this : this.#delimited(field, value.encode())
  }

  messages(field: number, values: readonly ProtobufMessage[]): this {
    for (const value of values) this.message(field, value)
    return this
  }

  encode(): Uint8Array {
    return Buffer.concat(this.#parts, this.#length)
  }

  #delimited(field: number, bytes: Uint8Array): this {
    return this.#append(varint((field << 3) | 2))
      .#append(varint(bytes.length))
      .#append(bytes)
  }

  #append(bytes: Uint8Array): this {
    this.#parts.push(bytes)
    this.#length += bytes.length
    return this
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}
