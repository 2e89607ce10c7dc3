/** Tokens of cl100k_base that merging can make; control tokens come after them and stand for nothing in a text. */
export const tokenCount = 100_256

/** Beginnings of tokens, tokens included: 216,749 of them. */
export const maxNodes = 220_000

/** Of the hash tables, as powers of two: at most half full. */
export const nodeSlotBits = 19
export const pairSlotBits = 18
export const pairFilterBits = 20

/** A character's class takes two bits; all of Unicode has one. */
const classBytes = 0x11_0000 / 4

/** The parts of a vocabulary's memory, in the order in which they stand there. */
const parts = {
  /** The state of the vocabulary, for those who wait for it. */
  header: 64,
  /**
   * Which node follows another: slots of a hash table, each of two cells. The first holds the node before, shifted by eight, and
   * the byte; the second one more than the node, doubled, and 1 if others follow it.
   */
  nodeSlots: 8 << nodeSlotBits,
  /** By token: the two tokens it is merged from; itself twice for a single byte. */
  splits: 8 * tokenCount,
  /**
   * Which token two tokens merge to: slots of a hash table, each of two cells. The first holds the left token and 15 bits of the
   * right one; the second the other two bits of it and one more than what they merge to.
   */
  pairSlots: 8 << pairSlotBits,
  /** One bit per hash of a pair: 0 for most pairs that do not merge, in a table that is small enough for a processor's cache. */
  pairFilter: (1 << pairFilterBits) / 8,
  /** By token: the longest token that it begins with; -1: none. */
  shorterTokens: 4 * tokenCount,
  /** By byte: its token. */
  byteTokens: 4 * 256,
  /** By two bytes: the second cell of the node that they lead to. */
  twoByteNodes: 4 * 256 * 256,
  /** By token: its bytes. */
  lengths: tokenCount,
  classes: classBytes,
} as const

const round = (bytes: number) => Math.ceil(bytes / 8) * 8
const memoryBytes = Object.values(parts).reduce((sum, bytes) => sum + round(bytes), 0)

/** The tables of a vocabulary, as views of memory that threads share. */
export interface VocabularyTables {
  readonly header: Int32Array
  readonly nodeSlots: Int32Array
  readonly splits: Int32Array
  readonly pairSlots: Int32Array
  readonly pairFilter: Uint8Array
  readonly shorterTokens: Int32Array
  readonly byteTokens: Int32Array
  readonly twoByteNodes: Int32Array
  readonly lengths: Uint8Array
  readonly classes: Uint8Array
}

/** Memory for a vocabulary. It takes room in the machine's memory only when it is filled. */
export function createVocabularyMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(memoryBytes)
}

/** Views of the parts of `memory`. */
export function viewVocabulary(memory: SharedArrayBuffer): VocabularyTables {
  let next = 0
  const place = (part: keyof typeof parts) => {
    const start = next
    next += round(parts[part])
    return start
  }
  const cells = (part: keyof typeof parts) => new Int32Array(memory, place(part), parts[part] / 4)
  const bytes = (part: keyof typeof parts) => new Uint8Array(memory, place(part), parts[part])
  return {
    header: cells('header'),
    nodeSlots: cells('nodeSlots'),
    splits: cells('splits'),
    pairSlots: cells('pairSlots'),
    pairFilter: bytes('pairFilter'),
    shorterTokens: cells('shorterTokens'),
    byteTokens: cells('byteTokens'),
    twoByteNodes: cells('twoByteNodes'),
    lengths: bytes('lengths'),
    classes: bytes('classes'),
  }
}
