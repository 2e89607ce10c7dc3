import type * as Zlib from 'node:zlib'

/** An error is a text for people: a longer one is not decoded. */
const maxDecodedBytes = 256 * 1024

/** Undoes the encoding of a body; undefined: the encoding is not known, the body is broken or too long. */
export async function decodeContent(body: Buffer, encoding: string): Promise<Buffer | undefined> {
  const zlib = await import('node:zlib')
  const decode = decoderOf(zlib, encoding, body)
  if (decode === undefined) return undefined
  return new Promise((resolve) => {
    decode(body, { maxOutputLength: maxDecodedBytes }, (error, decoded) =>
      resolve(error === null ? decoded : undefined),
    )
  })
}

type Decode = (
  body: Buffer,
  options: { maxOutputLength: number },
  done: (error: Error | null, decoded: Buffer) => void,
) => void

/** The encodings that HTTP knows (IANA's registry of content codings). */
function decoderOf(zlib: typeof Zlib, encoding: string, body: Buffer): Decode | undefined {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.gunzip
    case 'deflate':
      // Some servers leave out the frame of zlib, which begins with its method (RFC 9110 section 8.4.1.2).
      return ((body[0] ?? 0) & 0x0f) === 8 ? zlib.inflate : zlib.inflateRaw
    case 'br':
      return zlib.brotliDecompress
    case 'zstd':
      return zlib.zstdDecompress
    default:
      return undefined
  }
}
