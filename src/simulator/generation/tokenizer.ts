/** One token of a text. */
export interface Token {
  readonly id: number
  /** Whole characters: of those that take several tokens, the last one has all; empty for the others. */
  readonly text: string
}

/** Counts and cuts text as a model's tokenizer does. */
export interface Tokenizer {
  /** Bounded work: what is longer than the sampled part is extrapolated from it. */
  count(text: string): number
  split(text: string): Token[]
}

export type EncodingName = 'cl100k_base' | 'o200k_base'

/** Loads an encoding on first use: its table takes tens of milliseconds and tens of megabytes. */
export type LoadTokenizer = (name: EncodingName) => Promise<Tokenizer>

/** Text counted exactly, in UTF-16 units; tokenizing is too dear for the rest of a huge prompt. */
const exactLength = 200_000

/**
 * Words with the space before and the line breaks after them. Byte pair merging is quadratic in the length of a
 * word, so that one letter repeated a hundred thousand times takes seconds; a cut at 64 keeps it linear.
 */
const pieces = /[^\S\r\n]{0,64}\S{1,64}[\r\n]{0,64}|\s{1,64}/gu

/** Text is text: what looks like a control token of the encoding is counted as its letters. */
const plainText = { disallowedSpecial: new Set<string>() }

export const loadTokenizer: LoadTokenizer = async (name) => {
  const encoding =
    name === 'o200k_base'
      ? await import('gpt-tokenizer/encoding/o200k_base')
      : await import('gpt-tokenizer/encoding/cl100k_base')
  const encodePiece = (piece: string) => encoding.encode(piece, plainText)
  const encode = (text: string) => piecesOf(text).flatMap(encodePiece)
  return {
    count: (text) => {
      if (text.length <= exactLength) return encode(text).length
      const sample = encode(text.slice(0, exactLength)).length
      return Math.round((sample * text.length) / exactLength)
    },
    split: (text) =>
      piecesOf(text).flatMap((piece) => cut(piece, encodePiece(piece), encoding.decode)),
  }
}

function piecesOf(text: string): readonly string[] {
  // Halves of characters would come back as something else.
  return text.toWellFormed().match(pieces) ?? []
}

function cut(
  text: string,
  ids: readonly number[],
  decode: (ids: readonly number[]) => string,
): Token[] {
  let position = 0
  let waiting: number[] = []
  return ids.map((id, index) => {
    waiting.push(id)
    const decoded = decode(waiting)
    const isWhole = decoded !== '' && text.startsWith(decoded, position)
    if (!isWhole && index < ids.length - 1) return { id, text: '' }
    const token = { id, text: isWhole ? decoded : text.slice(position) }
    position += token.text.length
    waiting = []
    return token
  })
}
