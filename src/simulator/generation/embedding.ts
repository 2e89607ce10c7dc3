import { fingerprint, numbersFrom } from './fingerprint.ts'

/** Words of a text that count; bounds the work. */
const mostWords = 512
/** Places of the vector that each word moves. */
const placesPerWord = 32

/**
 * A unit vector for `text`: each word moves a few places of its own, so that texts which share words are near each
 * other by cosine, as those of a real model are.
 */
export function embed(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions)
  const words =
    text
      .toLowerCase()
      .match(/[\p{L}\p{N}]{1,64}/gu)
      ?.slice(0, mostWords) ?? []
  for (const word of words.length === 0 ? [text.slice(0, 64)] : words) {
    const next = numbersFrom(fingerprint(word))
    for (let count = 0; count < placesPerWord; count++) {
      const place = next(dimensions)
      vector[place] = (vector[place] ?? 0) + (next(2) === 0 ? 1 : -1)
    }
  }
  const length = Math.hypot(...vector)
  return length === 0 ? vector.fill(1 / Math.sqrt(dimensions)) : vector.map((x) => x / length)
}

/** Little-endian 32-bit floats in base64: the compact form that SDKs ask for. */
export function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4)
  vector.forEach((value, index) => {
    bytes.writeFloatLE(value, index * 4)
  })
  return bytes.toString('base64')
}
