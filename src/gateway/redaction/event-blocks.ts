import { BodyPiece } from '../../lib/http/body-piece.ts'
import { MessageFramer } from '../../protocols/bedrock-converse/event-stream/message-framer.ts'
import type { CredentialMasker } from './matching/credential-masker.ts'

/** Cuts a stream where events end, so that an error is looked at whole. */
export interface EventBlocks {
  /** Returns the events that are whole, in one piece or several. */
  push(piece: BodyPiece): readonly BodyPiece[]
  /** What an unfinished event leaves. */
  end(): BodyPiece
  /** Of the event that has begun. */
  readonly heldBytes: number
  mask(block: BodyPiece, masker: CredentialMasker): Buffer
}

/** Of server-sent events, which mostly come whole; a client does nothing with half of one either. */
export class SseBlocks implements EventBlocks {
  /** A character is a byte. */
  #held = ''

  get heldBytes(): number {
    return this.#held.length
  }

  push(piece: BodyPiece): readonly BodyPiece[] {
    if (this.#held === '' && endsEvent(piece.latin1)) return [piece]
    const text = this.#held + piece.latin1
    const end = lastEventEnd(text)
    this.#held = text.slice(end)
    return end === 0 ? [] : [BodyPiece.ofLatin1(text.slice(0, end))]
  }

  end(): BodyPiece {
    const rest = this.#held
    this.#held = ''
    return BodyPiece.ofLatin1(rest)
  }

  mask(block: BodyPiece, masker: CredentialMasker): Buffer {
    return masker.maskWhole(block.bytes)
  }
}

const blankLines = ['\n\n', '\r\n\r\n', '\r\r'] as const

const endsEvent = (text: string) => blankLines.some((line) => text.endsWith(line))

function lastEventEnd(text: string): number {
  const ends = blankLines.map((line) => {
    const at = text.lastIndexOf(line)
    return at < 0 ? 0 : at + line.length
  })
  return Math.max(...ends)
}

/** Of an AWS event stream, whose messages are counted and have a checksum. */
export class MessageBlocks implements EventBlocks {
  readonly #framer = new MessageFramer()
  readonly heldBytes = 0

  push(piece: BodyPiece): readonly BodyPiece[] {
    return this.#framer.push(piece.bytes).map((message) => message.piece)
  }

  end(): BodyPiece {
    return BodyPiece.ofBytes(Buffer.concat(this.#framer.end().map(({ bytes }) => bytes)))
  }

  /** With as many bytes as before, since lengths stand in the message. */
  mask({ bytes }: BodyPiece, masker: CredentialMasker): Buffer {
    const { occurrences } = masker.find({ bytes, isWhole: true })
    if (occurrences.length === 0) return bytes
    const masked = Buffer.from(bytes)
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
