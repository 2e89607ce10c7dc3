import { isAscii } from 'node:buffer'

/**
 * A stretch of a body on its way through the gateway. Some who look at it want bytes, others a string in which each character is a
 * byte (latin1), which V8 searches and writes faster than bytes; each is made once, when somebody asks for it.
 */
export class BodyPiece {
  #bytes: Buffer | undefined
  #latin1: string | undefined
  #isAscii: boolean | undefined

  private constructor(bytes: Buffer | undefined, latin1: string | undefined) {
    this.#bytes = bytes
    this.#latin1 = latin1
  }

  static ofBytes(bytes: Buffer): BodyPiece {
    return new BodyPiece(bytes, undefined)
  }

  /** `text`: no character of it may be above U+00FF; each is a byte. */
  static ofLatin1(text: string): BodyPiece {
    return new BodyPiece(undefined, text)
  }

  /** In bytes. */
  get length(): number {
    return this.#bytes?.length ?? this.#latin1?.length ?? 0
  }

  /** Of a piece that has just been read, these bytes are its connection's again when the call that hands it on returns. */
  get bytes(): Buffer {
    this.#bytes ??= Buffer.from(this.#latin1 ?? '', 'latin1')
    return this.#bytes
  }

  /** Stays as it is. */
  get latin1(): string {
    this.#latin1 ??= this.bytes.toString('latin1')
    return this.#latin1
  }

  /** Then the string says in UTF-8 what it says in latin1. */
  get isAscii(): boolean {
    this.#isAscii ??= isAscii(this.bytes)
    return this.#isAscii
  }

  /** The same with bytes of its own. */
  copy(): BodyPiece {
    return BodyPiece.ofBytes(Buffer.from(this.bytes))
  }
}

/** A piece without a byte. */
export const emptyPiece = BodyPiece.ofLatin1('')
