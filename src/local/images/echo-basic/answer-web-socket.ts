import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** https://www.rfc-editor.org/rfc/rfc6455#section-1.3 */
const acceptSuffix = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const closeOpcode = 0x8
const pingOpcode = 0x9
const pongOpcode = 0xa
const maxFrameBytes = 1024 * 1024

interface Frame {
  readonly opcode: number
  /** The first byte: the opcode, and whether the message ends here. */
  readonly head: number
  readonly payload: Buffer
  /** How many bytes it took. */
  readonly size: number
}

/** Sends each frame of a WebSocket back as it came. */
export function answerWebSocket({ headers }: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => socket.destroy())
  const key = headers['sec-websocket-key']
  if (headers.upgrade?.toLowerCase() !== 'websocket' || key === undefined) {
    socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    return
  }
  const accept = createHash('sha1').update(`${key}${acceptSuffix}`).digest('base64')
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    for (let frame = readFrame(rest); frame !== undefined; frame = readFrame(rest)) {
      rest = rest.subarray(frame.size)
      answerFrame(frame, socket)
    }
    if (rest.length > maxFrameBytes) socket.destroy()
  })
}

function answerFrame({ opcode, head, payload }: Frame, socket: Duplex): void {
  if (opcode === pongOpcode) return
  const answerHead = opcode === pingOpcode ? 0x80 | pongOpcode : head
  socket.write(writeFrame(answerHead, payload))
  if (opcode === closeOpcode) socket.end()
}

/** https://www.rfc-editor.org/rfc/rfc6455#section-5.2; undefined while the frame is not whole. */
function readFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined
  const [head, second] = [bytes.readUInt8(0), bytes.readUInt8(1)]
  const lengthBytes = { 126: 2, 127: 8 }[second & 0x7f] ?? 0
  const maskStart = 2 + lengthBytes
  const start = maskStart + ((second & 0x80) === 0 ? 0 : 4)
  if (bytes.length < start) return undefined
  // The upper half of eight bytes would be a frame of four gigabytes or more.
  const length =
    lengthBytes === 0
      ? second & 0x7f
      : bytes.readUIntBE(maskStart - Math.min(lengthBytes, 4), Math.min(lengthBytes, 4))
  if (bytes.length < start + length) return undefined
  const mask = bytes.subarray(maskStart, start)
  const payload = Buffer.from(bytes.subarray(start, start + length))
  for (let index = 0; index < payload.length && mask.length > 0; index += 1) {
    payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0)
  }
  return { opcode: head & 0x0f, head, payload, size: start + length }
}

function writeFrame(head: number, payload: Buffer): Buffer {
  if (payload.length < 126) return Buffer.concat([Buffer.from([head, payload.length]), payload])
  const extended = payload.length < 65_536 ? Buffer.alloc(4) : Buffer.alloc(10)
  extended.writeUInt8(head, 0)
  extended.writeUInt8(extended.length === 4 ? 126 : 127, 1)
  if (extended.length === 4) extended.writeUInt16BE(payload.length, 2)
  else extended.writeUInt32BE(payload.length, 6)
  return Buffer.concat([extended, payload])
}
