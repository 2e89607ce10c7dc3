import type { PathMatcher } from '../../ir/matcher.ts'
import type { RoutedRequest } from '../snapshot.ts'
import type { Candidate } from './candidate.ts'
import { CandidateList } from './candidate-list.ts'
import type { CompiledMatcher } from './compile-matcher.ts'
import { PrefixTree } from './prefix-tree.ts'

// Adding a candidate takes about a microsecond.
const candidatesPerPause = 64

/**
 * Finds the first matcher in order that holds, at a cost that does not grow with the number of matchers:
 * exact paths by hash, prefixes and the literal beginnings of regular expressions by one walk along the
 * path, and matchers that share a path by a value they require.
 */
export class RouteTable {
  readonly #caseSensitive = new PathIndex()
  readonly #caseInsensitive = new PathIndex()
  readonly #connect = new CandidateList()

  /** Builds the table of all matchers of all routes; every `yield` is a place to pause. */
  static *build(routes: readonly (readonly CompiledMatcher[])[]): Generator<void, RouteTable> {
    const table = new RouteTable()
    let order = 0
    for (const matchers of routes) {
      for (const matcher of matchers) {
        table.#add({ order, matcher })
        order += 1
      }
      if (order % candidatesPerPause === 0) yield
    }
    table.#connect.index()
    for (const index of [table.#caseSensitive, table.#caseInsensitive]) {
      for (const list of index.lists()) {
        if (list.index()) yield
      }
    }
    return table
  }

  /** The place of the matcher that holds, counted over all routes. */
  find(request: RoutedRequest): number | undefined {
    const { path } = request
    let found = this.#caseSensitive.find(path, request, undefined)
    if (!this.#caseInsensitive.isEmpty) {
      found = this.#caseInsensitive.find(path.toLowerCase(), request, found)
    }
    if (request.method === 'CONNECT') found = this.#connect.find(request, found)
    return found?.order
  }

  #add(candidate: Candidate): void {
    const { path } = candidate.matcher
    if (path.type === 'connect') {
      this.#connect.add(candidate)
    } else if (path.caseSensitive || path.type === 'regex') {
      this.#caseSensitive.add(path.value, candidate)
    } else {
      this.#caseInsensitive.add(path.value.toLowerCase(), candidate)
    }
  }
}

class PathIndex {
  readonly #exact = new Map<string, CandidateList>()
  readonly #prefixes = new PrefixTree(() => new CandidateList(), 'forward')
  isEmpty = true

  add(value: string, candidate: Candidate): void {
    this.isEmpty = false
    const { path, regex } = candidate.matcher
    const type = regex?.literal === undefined ? path.type : 'exact'
    if (type === 'exact') this.#addExact(regex?.literal ?? value, candidate)
    else if (type === 'segment-prefix') {
      this.#prefixes.listAt(segmentPrefixOf(value), 'segment').add(candidate)
    } else this.#prefixes.listAt(regex?.literalPrefix ?? value, 'plain').add(candidate)
  }

  find(path: string, request: RoutedRequest, best: Candidate | undefined): Candidate | undefined {
    const found = this.#exact.get(path)?.find(request, best) ?? best
    return this.#prefixes.find(path, request, found)
  }

  lists(): readonly CandidateList[] {
    return [...this.#exact.values(), ...this.#prefixes.lists]
  }

  #addExact(path: string, candidate: Candidate): void {
    const list = this.#exact.get(path) ?? new CandidateList()
    this.#exact.set(path, list)
    list.add(candidate)
  }
}

/** A segment prefix without its closing slash, which means the same. */
export function segmentPrefixOf(value: PathMatcher['value']): string {
  return value.endsWith('/') ? value.slice(0, -1) : value
}
