import type { RoutedRequest } from '../snapshot.ts'
import type { Candidate } from './candidate.ts'
import type { MatcherKey } from './compile-matcher.ts'
import { headerValueOf, queryValueOf } from './request-values.ts'

/** Candidates by the value they require of one header, one query parameter or the method. */
export class ValueIndex {
  readonly #source: MatcherKey['source']
  readonly #name: string
  readonly #byValue = new Map<string, Candidate[]>()

  constructor({ source, name }: MatcherKey) {
    this.#source = source
    this.#name = name
  }

  /** Candidates must be added in order. */
  add(key: MatcherKey, candidate: Candidate): void {
    for (const value of new Set(key.values)) {
      const candidates = this.#byValue.get(value)
      if (candidates === undefined) this.#byValue.set(value, [candidate])
      else candidates.push(candidate)
    }
  }

  /** Those whose value the request has, in order. */
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

/** How many candidates share each required value. */
export class KeyCounts {
  readonly #counts = new Map<string, number>()

  constructor(candidates: readonly Candidate[]) {
    for (const { matcher } of candidates) {
      for (const key of matcher.keys) {
        for (const value of key.values) {
          const id = idOf(key, value)
          this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1)
        }
      }
    }
  }

  /** The key of a candidate that the fewest share, and how many those are. */
  rarest(keys: readonly MatcherKey[]): { key: MatcherKey; count: number } | undefined {
    let rarest: { key: MatcherKey; count: number } | undefined
    for (const key of keys) {
      const count = Math.max(...key.values.map((value) => this.#counts.get(idOf(key, value)) ?? 0))
      if (rarest === undefined || count < rarest.count) rarest = { key, count }
    }
    return rarest
  }
}

function idOf({ source, name }: MatcherKey, value: string): string {
  return `${source} ${name}\n${value}`
}
