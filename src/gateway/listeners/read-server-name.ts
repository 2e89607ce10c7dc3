/** What the first bytes of a TLS connection say. */
export type ServerNameReading =
  | { readonly type: 'incomplete' }
  /** Not a ClientHello as RFC 8446 writes it; a TLS library knows best what to answer. */
  | { readonly type: 'unreadable' }
  /** Lower-case; empty when the client names no server. */
  | { readonly type: 'read'; readonly serverName: string }

const incomplete = { type: 'incomplete' } as const
const unreadable = { type: 'unreadable' } as const

const handshakeRecord = 22
const clientHello = 1
const serverNameExtension = 0
const hostName = 0
const recordHeaderBytes = 5
const messageHeaderBytes = 4
/** Version and random value, which every ClientHello begins with. */
const fixedBytes = 34
/** Hellos with the largest keys in use stay far below. */
const maxHelloBytes = 32 * 1024
/** With the headers of small records; nothing longer is waited for. */
const maxBytes = 2 * maxHelloBytes

/** Reads numbers and vectors in order; beyond the end it gives undefined. */
class ByteReader {
  readonly #bytes: Buffer
  #offset = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#offset >= this.#bytes.length
  }

  take(length: number): Buffer | undefined {
    const end = this.#offset + length
    if (end > this.#bytes.length) return undefined
    const taken = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return taken
  }

  number(bytes: 1 | 2): number | undefined {
    return this.take(bytes)?.readUIntBE(0, bytes)
  }

  /** Bytes that their length stands before. */
  vector(lengthBytes: 1 | 2): Buffer | undefined {
    const length = this.number(lengthBytes)
    return length === undefined ? undefined : this.take(length)
  }
}

/** What the handshake records at the beginning carry, as far as it has come; undefined: something else follows. */
function joinRecords(bytes: Buffer): Buffer | undefined {
  const parts: Buffer[] = []
  for (let offset = 0; offset < bytes.length; ) {
    if (bytes[offset] !== handshakeRecord)
      return parts.length === 0 ? undefined : Buffer.concat(parts)
    if (bytes.length < offset + recordHeaderBytes) break
    const begin = offset + recordHeaderBytes
    const length = bytes.readUInt16BE(offset + 3)
    // Empty records carry nothing and could go on for ever.
    if (length === 0) return undefined
    parts.push(bytes.subarray(begin, begin + length))
    offset = begin + length
  }
  return Buffer.concat(parts)
}

/** The body of the ClientHello at the beginning. */
function readMessage(bytes: Buffer): Buffer | typeof incomplete | typeof unreadable {
  const joined = joinRecords(bytes)
  if (joined === undefined) return unreadable
  if (joined.length < messageHeaderBytes) return incomplete
  const length = joined.readUIntBE(1, 3)
  if (joined[0] !== clientHello || length > maxHelloBytes) return unreadable
  const end = messageHeaderBytes + length
  if (joined.length >= end) return joined.subarray(messageHeaderBytes, end)
  return bytes.length > maxBytes ? unreadable : incomplete
}

/** The extensions of a ClientHello (RFC 8446 section 4.1.2); undefined when it ends early. */
function extensionsOf(hello: Buffer): Buffer | undefined {
  const reader = new ByteReader(hello)
  const begins =
    reader.take(fixedBytes) !== undefined &&
    // Session id, cipher suites, compression methods.
    reader.vector(1) !== undefined &&
    reader.vector(2) !== undefined &&
    reader.vector(1) !== undefined
  if (!begins) return undefined
  return reader.isAtEnd ? Buffer.alloc(0) : reader.vector(2)
}

/** The host name of the extension (RFC 6066 section 3); undefined when there is none that can be read. */
function hostNameOf(extension: Buffer): string | undefined {
  const list = new ByteReader(extension).vector(2)
  if (list === undefined) return undefined
  const reader = new ByteReader(list)
  if (reader.number(1) !== hostName) return undefined
  return reader.vector(2)?.toString('latin1').toLowerCase()
}

/** Finds the server name that a client asks for in the first bytes of its TLS connection. */
export function readServerName(bytes: Buffer): ServerNameReading {
  const message = readMessage(bytes)
  if (!Buffer.isBuffer(message)) return message
  const extensions = extensionsOf(message)
  if (extensions === undefined) return unreadable
  const reader = new ByteReader(extensions)
  while (!reader.isAtEnd) {
    const type = reader.number(2)
    const data = reader.vector(2)
    if (type === undefined || data === undefined) return unreadable
    if (type !== serverNameExtension) continue
    const serverName = hostNameOf(data)
    return serverName === undefined ? unreadable : { type: 'read', serverName }
  }
  return { type: 'read', serverName: '' }
}
