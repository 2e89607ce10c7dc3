import type { RoutedRequest } from '../snapshot.ts'
import type { Candidate, Candidates } from './candidate.ts'

interface Node<List> {
  /** What the path must hold here to reach this node. */
  label: string
  /** Candidates whose prefix ends here. */
  plain: List | undefined
  /** The same for prefixes that must be followed by a `/` or the end of the path. */
  segment: List | undefined
  /** Whether there is any of the two. */
  hasLists: boolean
  /** By the first character of their labels, from `firstCode` on. */
  children: (Node<List> | undefined)[] | undefined
  firstCode: number
  /** The same for characters beyond one byte, which would leave wide gaps in a list. */
  wideChildren: Map<number, Node<List>> | undefined
}

/**
 * A radix tree over the beginnings of paths, or read backward over their ends: one walk along the path finds
 * everything that it begins with.
 */
export class PrefixTree<List extends Candidates> {
  readonly #root: Node<List> = createNode('')
  readonly #lists: List[] = []
  readonly #createList: () => List
  readonly #backward: boolean

  constructor(createList: () => List, direction: 'forward' | 'backward') {
    this.#createList = createList
    this.#backward = direction === 'backward'
  }

  /** Every list of the tree. */
  get lists(): readonly List[] {
    return this.#lists
  }

  /** The list of candidates for `text`, made when there is none yet. */
  listAt(text: string, boundary: 'plain' | 'segment'): List {
    const node = nodeFor(this.#root, this.#backward ? reverse(text) : text)
    const known = node[boundary]
    if (known !== undefined) return known
    const list = this.#createList()
    node[boundary] = list
    node.hasLists = true
    this.#lists.push(list)
    return list
  }

  /** The first candidate before `best` whose text `path` has and that matches, else `best`. */
  find(path: string, request: RoutedRequest, best: Candidate | undefined): Candidate | undefined {
    const backward = this.#backward
    const { length } = path
    let found = best
    let position = 0
    let node: Node<List> | undefined = this.#root
    while (node !== undefined) {
      const { label } = node
      if (label.length > 1 && !continues(path, position, label, backward)) return found
      position += label.length
      const isEnd = position === length
      const next = isEnd ? slash : path.charCodeAt(backward ? length - 1 - position : position)
      if (node.hasLists) found = findAt(node, next, request, found)
      node = isEnd ? undefined : childAt(node, next)
    }
    return found
  }
}

/** Among the candidates whose text ends at `node`, before the character `next`. */
function findAt<List extends Candidates>(
  { plain, segment }: Node<List>,
  next: number,
  request: RoutedRequest,
  best: Candidate | undefined,
): Candidate | undefined {
  const found = plain === undefined ? best : plain.find(request, best)
  return segment === undefined || next !== slash ? found : segment.find(request, found)
}

/** Whether `label` stands in `path` at `position`. Its first character is known to. */
function continues(path: string, position: number, label: string, backward: boolean): boolean {
  if (position + label.length > path.length) return false
  const start = backward ? path.length - 1 - position : position
  const step = backward ? -1 : 1
  for (let index = 1; index < label.length; index += 1) {
    if (path.charCodeAt(start + index * step) !== label.charCodeAt(index)) return false
  }
  return true
}

const slash = 47
const lastNarrowCode = 255

/** By UTF-16 units, as the walk reads them. */
function reverse(text: string): string {
  return text.split('').reverse().join('')
}

function createNode<List>(label: string): Node<List> {
  return {
    label,
    plain: undefined,
    segment: undefined,
    hasLists: false,
    children: undefined,
    firstCode: 0,
    wideChildren: undefined,
  }
}

function nodeFor<List>(root: Node<List>, prefix: string): Node<List> {
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

function childAt<List>(node: Node<List>, code: number): Node<List> | undefined {
  return code > lastNarrowCode
    ? node.wideChildren?.get(code)
    : node.children?.[code - node.firstCode]
}

/** Puts `child` where its label begins, in place of what was there. */
function putChild<List>(node: Node<List>, child: Node<List>): void {
  const code = child.label.charCodeAt(0)
  if (code > lastNarrowCode) {
    node.wideChildren ??= new Map()
    node.wideChildren.set(code, child)
    return
  }
  if (node.children === undefined) {
    node.children = [child]
    node.firstCode = code
    return
  }
  if (code < node.firstCode) {
    const gap = Array.from({ length: node.firstCode - code }, () => undefined)
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
function split<List>(child: Node<List>, length: number): Node<List> {
  const between = createNode<List>(child.label.slice(0, length))
  child.label = child.label.slice(length)
  putChild(between, child)
  return between
}
