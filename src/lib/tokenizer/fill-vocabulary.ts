import { fillCharacterClasses } from './character-class.ts'
import { none, Vocabulary } from './vocabulary.ts'
import { tokenCount } from './vocabulary-layout.ts'

/** The bytes of all tokens, in the order of their ranks. */
interface TokenBytes {
  readonly bytes: Uint8Array
  /** By token; one more than there are tokens. */
  readonly starts: Uint32Array
}

/**
 * Fills the memory of a vocabulary. `ranks` is a file as tiktoken has them (https://github.com/openai/tiktoken): per line the
 * bytes of a token in base64 and its rank, in ascending order.
 */
export function fillVocabulary(memory: SharedArrayBuffer, ranks: Buffer): void {
  const vocabulary = new Vocabulary(memory)
  const tokens = readTokens(ranks)
  fillCharacterClasses(vocabulary.tables.classes)
  addNodes(vocabulary, tokens)
  addMerges(vocabulary, tokens)
}

function readTokens(ranks: Buffer): TokenBytes {
  const bytes = new Uint8Array(ranks.length)
  const starts = new Uint32Array(tokenCount + 1)
  let used = 0
  let lineStart = 0
  for (let token = 0; token < tokenCount; token += 1) {
    const space = ranks.indexOf(' ', lineStart)
    const lineEnd = ranks.indexOf('\n', space)
    const rank = Number(ranks.toString('latin1', space + 1, lineEnd))
    if (space < 0 || rank !== token) throw new Error(`token ${token} is missing`)
    starts[token] = used
    used += Buffer.from(ranks.toString('latin1', lineStart, space), 'base64').copy(bytes, used)
    lineStart = lineEnd + 1
  }
  starts[tokenCount] = used
  return { bytes, starts }
}

/** Short tokens first, so that a beginning that is a token has a node before longer ones pass through it. */
function addNodes(vocabulary: Vocabulary, { bytes, starts }: TokenBytes): void {
  const { lengths, shorterTokens, byteTokens } = vocabulary.tables
  const lengthOf = (token: number) => (starts[token + 1] ?? 0) - (starts[token] ?? 0)
  const order = Uint32Array.from({ length: tokenCount }, (_, token) => token)
  order.sort((left, right) => lengthOf(left) - lengthOf(right))
  let nodes = tokenCount
  const nodeAfter = (node: number, byte: number) => {
    const known = vocabulary.next(node, byte)
    if (known !== none) return known
    vocabulary.addNode(node, byte, nodes)
    return nodes++
  }
  for (const token of order) {
    const start = starts[token] ?? 0
    const length = lengthOf(token)
    lengths[token] = length
    shorterTokens[token] = none
    if (length === 1) {
      byteTokens[bytes[start] ?? 0] = token
      continue
    }
    const last = start + length - 1
    let node = byteTokens[bytes[start] ?? 0] ?? none
    let shorter = node
    for (let index = start + 1; index < last; index += 1) {
      node = nodeAfter(node, bytes[index] ?? 0)
      if (node < tokenCount) shorter = node
    }
    vocabulary.addNode(node, bytes[last] ?? 0, token)
    shorterTokens[token] = shorter
  }
  vocabulary.finishNodes()
}

/**
 * Finds for every token the two that it is merged from: the only two that lie side by side after all merges that come before it.
 */
function addMerges(vocabulary: Vocabulary, { bytes, starts }: TokenBytes): void {
  const { lengths, shorterTokens, splits } = vocabulary.tables
  for (let token = 0; token < tokenCount; token += 1) {
    splits[token * 2] = token
    splits[token * 2 + 1] = token
    const start = starts[token] ?? 0
    const end = starts[token + 1] ?? 0
    let left = shorterTokens[token] ?? none
    for (; left !== none; left = shorterTokens[left] ?? none) {
      if (left >= token) continue
      const right = vocabulary.find(bytes, start + (lengths[left] ?? 0), end)
      if (right === none || right >= token || !vocabulary.mayFollow(left, right)) continue
      vocabulary.addMerge(left, right, token)
      break
    }
  }
}
