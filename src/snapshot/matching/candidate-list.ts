import type { RoutedRequest } from '../snapshot.ts'
import type { Candidate, Candidates } from './candidate.ts'
import { PrefixTree } from './prefix-tree.ts'
import { KeyCounts, ValueIndex } from './value-index.ts'

// Up to this many are tried one after the other; an index costs more than that.
const maxUnindexed = 8
const noIndexes: readonly ValueIndex[] = []

/**
 * Candidates that share a place in the path index: tried in order, or looked up by a value they require or, for
 * regular expressions, by the literal end of the path.
 */
export class CandidateList implements Candidates {
  #candidates: Candidate[] = []
  #indexes = noIndexes
  #suffixes: PrefixTree<CandidateList> | undefined

  /** Candidates must be added in order. */
  add(candidate: Candidate): void {
    this.#candidates.push(candidate)
  }

  /** To be called once, after the last {@link add}. True when there was something to do. */
  index(): boolean {
    if (this.#candidates.length <= maxUnindexed) return false
    const suffixes = new PrefixTree(() => new CandidateList(), 'backward')
    const rest: Candidate[] = []
    for (const candidate of this.#candidates) {
      const suffix = candidate.matcher.regex?.literalSuffix ?? ''
      if (suffix === '') rest.push(candidate)
      else suffixes.listAt(suffix, 'plain').add(candidate)
    }
    if (suffixes.lists.length > 0) this.#suffixes = suffixes
    for (const list of suffixes.lists) list.#indexValues()
    this.#candidates = rest
    this.#indexValues()
    return true
  }

  find(request: RoutedRequest, best: Candidate | undefined): Candidate | undefined {
    let found = firstOf(this.#candidates, request, best)
    for (const index of this.#indexes) {
      const candidates = index.lookUp(request)
      if (candidates !== undefined) found = firstOf(candidates, request, found)
    }
    return this.#suffixes === undefined ? found : this.#suffixes.find(request.path, request, found)
  }

  #indexValues(): void {
    if (this.#candidates.length <= maxUnindexed) return
    const counts = new KeyCounts(this.#candidates)
    const rest: Candidate[] = []
    const indexes = new Map<string, ValueIndex>()
    for (const candidate of this.#candidates) {
      const key = counts.rarest(candidate.matcher.keys)?.key
      if (key === undefined) {
        rest.push(candidate)
        continue
      }
      const id = `${key.source} ${key.name}`
      const index = indexes.get(id) ?? new ValueIndex(key)
      indexes.set(id, index)
      index.add(key, candidate)
    }
    this.#candidates = rest
    this.#indexes = [...indexes.values()]
  }
}

function firstOf(
  candidates: readonly Candidate[],
  request: RoutedRequest,
  best: Candidate | undefined,
): Candidate | undefined {
  const limit = best === undefined ? Number.POSITIVE_INFINITY : best.order
  for (const candidate of candidates) {
    if (candidate.order >= limit) return best
    const { regex, conditions } = candidate.matcher
    if (conditions !== undefined && !conditions(request)) continue
    if (regex === undefined || regex.matches(request.path)) return candidate
  }
  return best
}
