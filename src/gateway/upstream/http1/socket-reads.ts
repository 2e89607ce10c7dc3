import type { OnReadOpts } from 'node:net'

/** What a socket may read at once. */
const readBytes = 64 * 1024

/**
 * All connections of a thread read into it, one after the other: each read is handled before the next. A buffer of its own for
 * each read takes 2 µs more per event of a stream, and most of the collections.
 */
const readBuffer = Buffer.allocUnsafeSlow(readBytes)

/** Reads a socket without a buffer of its own. */
export class SocketReads {
  /** `chunk` holds its bytes only until the call returns. Set when the socket is connected, before it reads. */
  listener: ((chunk: Buffer) => void) | undefined
  /** For `connect` of `node:net` and `node:tls`. */
  readonly options: OnReadOpts = {
    buffer: readBuffer,
    callback: (length) => {
      this.listener?.(readBuffer.subarray(0, length))
      return true
    },
  }
}
