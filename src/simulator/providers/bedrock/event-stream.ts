import { crc32 } from 'node:zlib'

/** The type of a header's value: a text. */
const stringType = 7

/**
 * A message of Amazon's event stream encoding (application/vnd.amazon.eventstream): lengths and their checksum,
 * headers, payload, checksum of all.
 */
function encodeMessage(headers: Readonly<Record<string, string>>, payload: Buffer): Buffer {
  const headerBytes = Buffer.concat(
    Object.entries(headers).map(([name, value]) => encodeHeader(name, value)),
  )
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(prelude.length + headerBytes.length + payload.length + 4, 0)
  prelude.writeUInt32BE(headerBytes.length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const message = Buffer.concat([prelude, headerBytes, payload])
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(message))
  return Buffer.concat([message, checksum])
}

function encodeHeader(name: string, value: string): Buffer {
  const valueBytes = Buffer.from(value)
  const length = Buffer.alloc(2)
  length.writeUInt16BE(valueBytes.length)
  return Buffer.concat([
    Buffer.of(Buffer.byteLength(name)),
    Buffer.from(name),
    Buffer.of(stringType),
    length,
    valueBytes,
  ])
}

/** An event of a Bedrock stream: its payload is JSON, padded so that its length says little about the text. */
export function encodeEvent(type: string, value: object): Buffer {
  const text = JSON.stringify(value)
  const alphabet = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
  const padding = alphabet.slice(0, 1 + (text.length % alphabet.length))
  return encodeMessage(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    Buffer.from(JSON.stringify({ ...value, p: padding })),
  )
}
