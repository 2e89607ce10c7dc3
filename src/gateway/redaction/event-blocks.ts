import { MessageFramer } from '../../protocols/bedrock-converse/event-stream/message-framer.ts'
import type { CredentialMasker } from './matching/credential-masker.ts'

const lineFeed = 10
const carriageReturn = 13
const nothing = Buffer.alloc(0)

/** Cuts a stream where events end, so that an error is looked at whole. */
export interface EventBlocks {
  /** Returns the events that are whole, in one piece or several; `chunk` is theirs until the next call. */
  push(chunk: Buffer): readonly Buffer[]
  /** What an unfinished event leaves. */
  end(): Buffer
  /** Of the event that has begun. */
  readonly heldBytes: number
  mask(block: Buffer, masker: CredentialMasker): Buffer
}

/** Of server-sent events, which mostly come whole; a client does nothing with half of one either. */
export class SseBlocks implements EventBlocks {
  #held = nothing

  get heldBytes(): number {
    return this.#held.length
  }

  push(chunk: Buffer): readonly Buffer[] {
    if (this.#held.length === 0 && endsEvent(chunk)) return [chunk]
    const bytes = Buffer.concat([this.#held, chunk])
    const end = lastEventEnd(bytes)
    this.#held = bytes.subarray(end)
    return end === 0 ? [] : [bytes.subarray(0, end)]
  }

  end(): Buffer {
    const rest = this.#held
    this.#held = nothing
    return rest
  }

  mask(block: Buffer, masker: CredentialMasker): Buffer {
    return masker.maskWhole(block)
  }
}

function endsEvent(chunk: Buffer): boolean {
  const { length } = chunk
  const [third, second, last] = [chunk[length - 3], chunk[length - 2], chunk[length - 1]]
  if (last !== lineFeed) return last === carriageReturn && second === carriageReturn
  return second === lineFeed || (second === carriageReturn && third === lineFeed)
}

const blankLines = ['\n\n', '\r\n\r\n', '\r\r'] as const

function lastEventEnd(bytes: Buffer): number {
  const ends = blankLines.map((line) => {
    const at = bytes.lastIndexOf(line, undefined, 'latin1')
    return at < 0 ? 0 : at + line.length
  })
  return Math.max(...ends)
}

/** Of an AWS event stream, whose messages are counted and have a checksum. */
export class MessageBlocks implements EventBlocks {
  readonly #framer = new MessageFramer()
  readonly heldBytes = 0

  push(chunk: Buffer): readonly Buffer[] {
    // The framer keeps what it is given.
    return this.#framer.push(Buffer.from(chunk)).map(({ bytes }) => bytes)
  }

  end(): Buffer {
    return Buffer.concat(this.#framer.end().map(({ bytes }) => bytes))
  }

  /** With as many bytes as before, since lengths stand in the message. */
  mask(block: Buffer, masker: CredentialMasker): Buffer {
    const { occurrences } = masker.find({ bytes: block, isWhole: true })
    if (occurrences.length === 0) return block
    const masked = Buffer.from(block)
    for (const { start, end } of occurrences) masked.fill('*', start, end)
    writeChecksum(masked)
    return masked
  }
}

const checksumBytes = 4

function writeChecksum(message: Buffer): void {
  const end = message.length - checksumBytes
  if (end < checksumBytes || message.readUInt32BE(0) !== message.length) return
  const { crc32 } = process.getBuiltinModule('node:zlib')
  message.writeUInt32BE(crc32(message.subarray(0, end)), end)
}
