import {
  maxNodes,
  nodeSlotBits,
  pairFilterBits,
  pairSlotBits,
  tokenCount,
  type VocabularyTables,
  viewVocabulary,
} from './vocabulary-layout.ts'

/** No such node or token. */
export const none = -1

/** In the entry of a node: another one follows it. */
const hasNext = 1

const tokenBits = 17
const tokenMask = (1 << tokenBits) - 1

const scatter = 0x9e37_79b1

/**
 * The tokens of an encoding, as a tree of their bytes and as what pairs of them merge to. A node is a beginning of tokens;
 * those below {@link tokenCount} are tokens themselves.
 */
export class Vocabulary {
  readonly tables: VocabularyTables
  readonly #nodeSlots: Int32Array
  readonly #pairSlots: Int32Array
  readonly #pairFilter: Uint8Array
  readonly #splits: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.tables = viewVocabulary(memory)
    this.#nodeSlots = this.tables.nodeSlots
    this.#pairSlots = this.tables.pairSlots
    this.#pairFilter = this.tables.pairFilter
    this.#splits = this.tables.splits
  }

  /** The node that `byte` leads to from `node`. */
  next(node: number, byte: number): number {
    return ((this.#nodeSlots[this.#nodeSlot(node, byte) + 1] ?? 0) >> 1) - 1
  }

  addNode(from: number, byte: number, node: number): void {
    const slot = this.#nodeSlot(from, byte)
    this.#nodeSlots[slot] = (from << 8) | byte
    this.#nodeSlots[slot + 1] = (node + 1) << 1
  }

  /** To be called when all nodes are there, and before texts are looked at. */
  finishNodes(): void {
    const slots = this.#nodeSlots
    const followed = new Uint8Array(maxNodes)
    for (let slot = 0; slot < slots.length; slot += 2) {
      if (slots[slot + 1] !== 0) followed[(slots[slot] ?? 0) >> 8] = hasNext
    }
    for (let slot = 1; slot < slots.length; slot += 2) {
      const entry = slots[slot] ?? 0
      if (entry !== 0) slots[slot] = entry | (followed[(entry >> 1) - 1] ?? 0)
    }
    const { byteTokens, twoByteNodes } = this.tables
    for (let bytes = 0; bytes < twoByteNodes.length; bytes += 1) {
      const slot = this.#nodeSlot(byteTokens[bytes >> 8] ?? 0, bytes & 0xff)
      twoByteNodes[bytes] = slots[slot + 1] ?? 0
    }
  }

  /** The longest token that `bytes[start, end)` begins with. */
  longestToken(bytes: Uint8Array, start: number, end: number): number {
    const first = bytes[start] ?? 0
    let longest = this.tables.byteTokens[first] ?? none
    if (start + 1 >= end) return longest
    let entry = this.tables.twoByteNodes[(first << 8) | (bytes[start + 1] ?? 0)] ?? 0
    for (let index = start + 2; entry !== 0; index += 1) {
      const node = (entry >> 1) - 1
      if (node < tokenCount) longest = node
      if ((entry & hasNext) === 0 || index >= end) break
      entry = this.#nodeSlots[this.#nodeSlot(node, bytes[index] ?? 0) + 1] ?? 0
    }
    return longest
  }

  /** The token that two tokens merge to. */
  merge(left: number, right: number): number {
    const hash = hashPair(left, right)
    const bit = hash >>> (32 - pairFilterBits)
    if ((((this.#pairFilter[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 0) return none
    return ((this.#pairSlots[this.#pairSlot(hash, left, right) + 1] ?? 0) & tokenMask) - 1
  }

  addMerge(left: number, right: number, token: number): void {
    this.#splits[token * 2] = left
    this.#splits[token * 2 + 1] = right
    const hash = hashPair(left, right)
    const bit = hash >>> (32 - pairFilterBits)
    this.#pairFilter[bit >> 3] = (this.#pairFilter[bit >> 3] ?? 0) | (1 << (bit & 7))
    const slot = this.#pairSlot(hash, left, right)
    this.#pairSlots[slot] = (left << 15) | (right >> 2)
    this.#pairSlots[slot + 1] = ((right & 3) << tokenBits) | (token + 1)
  }

  /** The token of some bytes, which are `bytes[start, end)`. */
  find(bytes: Uint8Array, start: number, end: number): number {
    let node = this.tables.byteTokens[bytes[start] ?? 0] ?? none
    for (let index = start + 1; index < end && node !== none; index += 1) {
      node = this.next(node, bytes[index] ?? 0)
    }
    return node < tokenCount ? node : none
  }

  /**
   * Whether two tokens may stand side by side: that merging, applied to the bytes of both, leaves them as they are. It takes
   * their merges back one by one, the latest first, and looks whether one across the border would have come before.
   */
  mayFollow(left: number, right: number): boolean {
    const splits = this.#splits
    let limit = tokenCount
    let [last, first] = [left, right]
    for (;;) {
      const merged = this.merge(last, first)
      if (merged !== none && merged < limit) return false
      const lastPart = splits[last * 2 + 1] ?? none
      const firstPart = splits[first * 2] ?? none
      // What is not made of others is its own part.
      if (lastPart === last && firstPart === first) return true
      if (firstPart === first || (last > first && lastPart !== last)) {
        limit = last
        last = lastPart
      } else {
        limit = first + 1
        first = firstPart
      }
    }
  }

  #nodeSlot(from: number, byte: number): number {
    const origin = (from << 8) | byte
    const mask = (2 << nodeSlotBits) - 1
    let slot = (Math.imul(origin, scatter) >>> (32 - nodeSlotBits)) << 1
    for (;;) {
      if (this.#nodeSlots[slot] === origin || this.#nodeSlots[slot + 1] === 0) return slot
      slot = (slot + 2) & mask
    }
  }

  #pairSlot(hash: number, left: number, right: number): number {
    const most = (left << 15) | (right >> 2)
    const rest = right & 3
    const mask = (2 << pairSlotBits) - 1
    let slot = (hash >>> (32 - pairSlotBits)) << 1
    for (;;) {
      const last = this.#pairSlots[slot + 1] ?? 0
      if (last === 0 || (this.#pairSlots[slot] === most && last >> tokenBits === rest)) return slot
      slot = (slot + 2) & mask
    }
  }
}

const hashPair = (left: number, right: number) =>
  Math.imul(Math.imul(left, scatter) ^ right, scatter)
