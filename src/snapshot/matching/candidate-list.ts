import type { RoutedRequest, RouteMatch } from '../snapshot.ts'
import type { CompiledMatcher, MatcherKey } from './compile-matcher.ts'
import { headerValueOf, queryValueOf } from './request-values.ts'

/** One matcher of one route of a table. */
export interface Candidate {
  /** Place in the table; the lowest that matches wins. */
  readonly order: number
  readonly matcher: CompiledMatcher
  readonly match: RouteMatch
}

const noIndexes: readonly ValueIndex[] = []
// Up to this many are tried one after the other; an index costs more than that.
const maxUnindexed = 8

/** Candidates that share a place in the path index, tried in order or looked up by a value they require. */
export class CandidateList {
  #candidates: Candidate[] = []
  #indexes: readonly ValueIndex[] = noIndexes

  /** Candidates must be added in order. */
  add(candidate: Candidate): void {
    this.#candidates.push(candidate)
  }

  /** To be called once, after the last {@link add}. */
  index(): void {
    if (this.#candidates.length <= maxUnindexed) return
    const counts = countKeys(this.#candidates)
    const unindexed: Candidate[] = []
    const indexes = new Map<string, ValueIndex>()
    for (const candidate of this.#candidates) {
      const key = rarestKey(candidate.matcher.keys, counts)
      if (key === undefined) {
        unindexed.push(candidate)
        continue
      }
      const id = `${key.source} ${key.name}`
      const found = indexes.get(id) ?? new ValueIndex(key)
      indexes.set(id, found)
      found.add(key, candidate)
    }
    this.#candidates = unindexed
    this.#indexes = [...indexes.values()]
  }

  /** The first candidate before `best` that matches, else `best`. */
  find(request: RoutedRequest, best: Candidate | undefined): Candidate | undefined {
    let found = firstOf(this.#candidates, request, best)
    for (const index of this.#indexes) {
      const candidates = index.lookUp(request)
      if (candidates !== undefined) found = firstOf(candidates, request, found)
    }
    return found
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

class ValueIndex {
  readonly #source: MatcherKey['source']
  readonly #name: string
  readonly #byValue = new Map<string, Candidate[]>()

  constructor({ source, name }: MatcherKey) {
    this.#source = source
    this.#name = name
  }

  add(key: MatcherKey, candidate: Candidate): void {
    for (const value of new Set(key.values)) {
      const candidates = this.#byValue.get(value)
      if (candidates === undefined) this.#byValue.set(value, [candidate])
      else candidates.push(candidate)
    }
  }

  lookUp(request: RoutedRequest): readonly Candidate[] | undefined {
    const value = this.#read(request)
    return value === undefined ? undefined : this.#byValue.get(value)
  }

  #read(request: RoutedRequest): string | undefined {
    if (this.#source === 'method') return request.method
    const read = this.#source === 'header' ? headerValueOf : queryValueOf
    return read(request, this.#name)
  }
}

const countedAs = (key: MatcherKey, value: string) => `${key.source} ${key.name}\n${value}`

function countKeys(candidates: readonly Candidate[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { matcher } of candidates) {
    for (const key of matcher.keys) {
      for (const value of key.values) {
        const id = countedAs(key, value)
        counts.set(id, (counts.get(id) ?? 0) + 1)
      }
    }
  }
  return counts
}

/** The key that leaves the fewest candidates to try. */
function rarestKey(
  keys: readonly MatcherKey[],
  counts: ReadonlyMap<string, number>,
): MatcherKey | undefined {
  const weight = (key: MatcherKey) =>
    Math.max(...key.values.map((value) => counts.get(countedAs(key, value)) ?? 0))
  let rarest: MatcherKey | undefined
  for (const key of keys) {
    if (rarest === undefined || weight(key) < weight(rarest)) rarest = key
  }
  return rarest
}
