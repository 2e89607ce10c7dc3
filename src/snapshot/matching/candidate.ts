import type { RoutedRequest } from '../snapshot.ts'
import type { CompiledMatcher } from './compile-matcher.ts'

/** One matcher of one route of a table. */
export interface Candidate {
  /** Place in the table; the lowest that matches wins. */
  readonly order: number
  readonly matcher: CompiledMatcher
}

/** Some candidates of a table. */
export interface Candidates {
  /** The first candidate before `best` that matches, else `best`. */
  find(request: RoutedRequest, best: Candidate | undefined): Candidate | undefined
}
