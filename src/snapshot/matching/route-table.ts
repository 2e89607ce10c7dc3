import type { PathMatcher } from '../../ir/matcher.ts'
import type { CompiledRoute, RoutedRequest, RouteMatch } from '../snapshot.ts'
import type { Candidate } from './candidate.ts'
import { CandidateList } from './candidate-list.ts'
import type { CompiledMatcher } from './compile-matcher.ts'
import { PrefixTree } from './prefix-tree.ts'

/** The matchers of a route, each with what it finds; made once and used in every table of the route. */
export type TableRoute = readonly TableMatcher[]

interface TableMatcher {
  readonly matcher: CompiledMatcher
  readonly match: RouteMatch
}

/** A route and its matchers, ready for a table. */
export function createTableRoute(
  route: CompiledRoute,
  matchers: readonly CompiledMatcher[],
): TableRoute {
  return Object.freeze(
    matchers.map((matcher) => ({ matcher, match: Object.freeze({ route, path: matcher.path }) })),
  )
}

// Adding a candidate takes about a microsecond.
const candidatesPerPause = 64

/**
 * Finds the first route in order that matches, at a cost that does not grow with the number of routes:
 * exact paths by hash, prefixes and the literal beginnings of regular expressions by one walk along the
 * path, and matchers that share a path by a value they require.
 */
export class RouteTable {
  readonly #caseSensitive = new PathIndex()
  readonly #caseInsensitive = new PathIndex()
  readonly #connect = new CandidateList()

  /** Builds the table; every `yield` is a place to pause. */
  static *build(routes: readonly TableRoute[]): Generator<void, RouteTable> {
    const table = new RouteTable()
    let order = 0
    for (const route of routes) {
      for (const { matcher, match } of route) {
        table.#add({ order, matcher, match })
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

  find(request: RoutedRequest): RouteMatch | undefined {
    const { path } = request
    let found = this.#caseSensitive.find(path, request, undefined)
    if (!this.#caseInsensitive.isEmpty) {
      found = this.#caseInsensitive.find(path.toLowerCase(), request, found)
    }
    if (request.method === 'CONNECT') found = this.#connect.find(request, found)
    return found?.match
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
