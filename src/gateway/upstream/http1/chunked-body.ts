/** Takes the chunks of a body apart from what frames them (RFC 9112 section 7.1). */
export class ChunkedBody {
  #state: 'size' | 'extension' | 'size-lf' | 'data' | 'data-cr' | 'data-lf' | 'over' = 'size'
  #size = 0
  #sizeDigits = 0
  #left = 0
  #extension = ''
  #extensionBytes = 0
  /** What is wrong with the framing, once something is. */
  problem: string | undefined
  /** Bytes of data in front of the last buffer that was given to {@link unframe}. */
  dataLength = 0

  /** True: the last chunk has been read; trailers follow. */
  get over(): boolean {
    return this.#state === 'over'
  }

  /**
   * Moves the data of `buffer` together to its front, where the framing was, and returns how far it read. A segment
   * of many small events thus becomes one piece, with one write to the client.
   */
  unframe(buffer: Buffer, start: number): number {
    let read = start
    let written = start
    while (read < buffer.length && this.#state !== 'over') {
      if (this.#state !== 'data') {
        read = this.#readFraming(buffer, read)
        if (this.problem !== undefined) break
        continue
      }
      const length = Math.min(this.#left, buffer.length - read)
      if (written !== read) buffer.copyWithin(written, read, read + length)
      written += length
      read += length
      this.#left -= length
      if (this.#left === 0) this.#state = 'data-cr'
    }
    this.dataLength = written - start
    return read
  }

  /** Reads one byte, or all of an extension that is there. */
  #readFraming(buffer: Buffer, at: number): number {
    const byte = buffer[at] as number
    switch (this.#state) {
      case 'size':
        this.#readSize(byte)
        break
      case 'extension':
        return this.#readExtension(buffer, at)
      case 'size-lf':
        this.#expect(byte, lf)
        this.#beginChunk()
        break
      case 'data-cr':
        this.#expect(byte, cr)
        this.#state = 'data-lf'
        break
      case 'data-lf':
        this.#expect(byte, lf)
        this.#state = 'size'
        break
      default:
        break
    }
    return at + 1
  }

  #expect(byte: number, wanted: number): void {
    if (byte !== wanted) this.problem = 'a chunk does not end where its size says'
  }

  #readSize(byte: number): void {
    const digit = hexDigit(byte)
    if (digit >= 0) {
      this.#sizeDigits += 1
      this.#size = this.#size * 16 + digit
      if (this.#sizeDigits > maxSizeDigits) this.problem = 'a chunk is too large'
      return
    }
    if (this.#sizeDigits === 0 || (byte !== cr && byte !== semicolon)) {
      this.problem = 'the size of a chunk is not a hexadecimal number'
    }
    this.#state = byte === semicolon ? 'extension' : 'size-lf'
  }

  #readExtension(buffer: Buffer, at: number): number {
    const found = buffer.indexOf(cr, at)
    const end = found < 0 ? buffer.length : found
    this.#extensionBytes += end - at
    if (this.#extensionBytes > maxExtensionBytes) {
      this.problem = 'the chunk extensions are too long'
      return end
    }
    this.#extension += buffer.toString('latin1', at, end)
    if (found < 0) return end
    if (!extensionPattern.test(this.#extension)) this.problem = 'a chunk extension is malformed'
    this.#extension = ''
    this.#state = 'size-lf'
    return end + 1
  }

  #beginChunk(): void {
    this.#left = this.#size
    this.#state = this.#size === 0 ? 'over' : 'data'
    this.#size = 0
    this.#sizeDigits = 0
  }
}

const cr = 0x0d
const lf = 0x0a
const semicolon = 0x3b
/** 13 hexadecimal digits are the largest number that is exact. */
const maxSizeDigits = 13
const maxExtensionBytes = 16 * 1024
/** `name` or `name=value`, several divided by semicolons; nobody sends quoted values. */
const extensionPattern =
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=[!#$%&'*+\-.^_`|~0-9A-Za-z]+)?(?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=[!#$%&'*+\-.^_`|~0-9A-Za-z]+)?)*$/

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
