import type { RequestMatcher } from '../../../../../ir/matcher.ts'

/** What decides between two matches that both hold: compared from the first number on, larger first. */
export type MatchRank = readonly number[]

const pathRanks = { exact: 3, regex: 2, 'segment-prefix': 1, prefix: 1, connect: 0 } as const

/** Exact paths, regular expressions, prefixes by length; then method, headers, query parameters. */
export const httpRankOf = (matcher: RequestMatcher): MatchRank => [
  pathRanks[matcher.path.type],
  matcher.path.value.length,
  matcher.methods.length,
  matcher.headers.length,
  matcher.queryParameters.length,
]

/** Orders ranks, the one that decides first before others. */
export function compareRanks(left: MatchRank, right: MatchRank): number {
  for (let index = 0; index < left.length; index += 1) {
    const difference = (right[index] ?? 0) - (left[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
