import type { RoutedRequest } from '../snapshot.ts'
import { type Candidate, CandidateList } from './candidate-list.ts'

interface Node {
  /** What the path must hold here to reach this node. */
  label: string
  /** Candidates whose prefix ends here. */
  plain: CandidateList | undefined
  /** The same for prefixes that must be followed by a `/` or the end of the path. */
  segment: CandidateList | undefined
  /** By the first character of their labels, from `firstCode` on. */
  children: (Node | undefined)[] | undefined
  firstCode: number
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
    while (node !== undefined && continues(path, position, node.label)) {
      position += node.label.length
      if (node.plain !== undefined) found = node.plain.find(request, found)
      const isEnd = position === path.length
      const next = isEnd ? slash : path.charCodeAt(position)
      if (node.segment !== undefined && next === slash) found = node.segment.find(request, found)
      node = isEnd ? undefined : node.children?.[next - node.firstCode]
    }
    return found
  }
}

const slash = 47

/** Whether `label` stands in `path` at `position`. Its first character is known to. */
function continues(path: string, position: number, label: string): boolean {
  if (position + label.length > path.length) return false
  for (let index = 1; index < label.length; index += 1) {
    if (path.charCodeAt(position + index) !== label.charCodeAt(index)) return false
  }
  return true
}

function createNode(label: string): Node {
  return { label, plain: undefined, segment: undefined, children: undefined, firstCode: 0 }
}

function nodeFor(root: Node, prefix: string): Node {
  let node = root
  let position = 0
  while (position < prefix.length) {
    let child = childAt(node, prefix.charCodeAt(position))
    if (child === undefined) {
      child = createNode(prefix.slice(position))
      putChild(node, child)
      return child
    }
    const shared = sharedLength(child.label, prefix, position)
    if (shared < child.label.length) {
      child = split(child, shared)
      putChild(node, child)
    }
    position += shared
    node = child
  }
  return node
}

function childAt(node: Node, code: number): Node | undefined {
  return node.children?.[code - node.firstCode]
}

/** Puts `child` where its label begins, in place of what was there. */
function putChild(node: Node, child: Node): void {
  const code = child.label.charCodeAt(0)
  if (node.children === undefined) {
    node.children = [child]
    node.firstCode = code
    return
  }
  if (code < node.firstCode) {
    const gap: undefined[] = new Array(node.firstCode - code).fill(undefined)
    node.children = [...gap, ...node.children]
    node.firstCode = code
  }
  while (node.children.length <= code - node.firstCode) node.children.push(undefined)
  node.children[code - node.firstCode] = child
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
  putChild(between, child)
  return between
}
