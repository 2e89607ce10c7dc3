import type { RoutedRequest } from '../snapshot.ts'
import { type Candidate, CandidateList } from './candidate-list.ts'

interface Node {
  /** What the path must hold here to reach this node. */
  label: string
  /** Candidates whose prefix ends here. */
  plain: CandidateList | undefined
  /** The same for prefixes that must be followed by a `/` or the end of the path. */
  segment: CandidateList | undefined
  /** By first character of the label. */
  children: Map<number, Node> | undefined
}

/** A radix tree over path prefixes: one walk along the path finds every prefix of it. */
export class PrefixTree {
  readonly #root: Node = createNode('')
  readonly #lists: CandidateList[] = []

  /** Every list of the tree, for {@link CandidateList.index}. */
  get lists(): readonly CandidateList[] {
    return this.#lists
  }

  /** Candidates must be added in order. */
  add(prefix: string, boundary: 'plain' | 'segment', candidate: Candidate): void {
    const node = nodeFor(this.#root, prefix)
    let list = node[boundary]
    if (list === undefined) {
      list = new CandidateList()
      node[boundary] = list
      this.#lists.push(list)
    }
    list.add(candidate)
  }

  /** The first candidate before `best` whose prefix `path` has and that matches, else `best`. */
  find(path: string, request: RoutedRequest, best: Candidate | undefined): Candidate | undefined {
    let found = best
    let position = 0
    let node: Node | undefined = this.#root
    while (node !== undefined && path.startsWith(node.label, position)) {
      position += node.label.length
      if (node.plain !== undefined) found = node.plain.find(request, found)
      const isEnd = position === path.length
      const next = isEnd ? 47 : path.charCodeAt(position)
      if (node.segment !== undefined && next === 47) found = node.segment.find(request, found)
      node = isEnd ? undefined : node.children?.get(next)
    }
    return found
  }
}

function createNode(label: string): Node {
  return { label, plain: undefined, segment: undefined, children: undefined }
}

function nodeFor(root: Node, prefix: string): Node {
  let node = root
  let position = 0
  while (position < prefix.length) {
    const code = prefix.charCodeAt(position)
    node.children ??= new Map()
    let child = node.children.get(code)
    if (child === undefined) {
      child = createNode(prefix.slice(position))
      node.children.set(code, child)
      return child
    }
    const shared = sharedLength(child.label, prefix, position)
    if (shared < child.label.length) {
      child = split(child, shared)
      node.children.set(code, child)
    }
    position += shared
    node = child
  }
  return node
}

function sharedLength(label: string, prefix: string, position: number): number {
  let length = 1
  while (
    length < label.length &&
    position + length < prefix.length &&
    label.charCodeAt(length) === prefix.charCodeAt(position + length)
  ) {
    length += 1
  }
  return length
}

/** Puts a node between `child` and its parent. */
function split(child: Node, length: number): Node {
  const between = createNode(child.label.slice(0, length))
  child.label = child.label.slice(length)
  between.children = new Map([[child.label.charCodeAt(0), child]])
  return between
}
