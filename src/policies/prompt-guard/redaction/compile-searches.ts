import type { GuardPatterns } from '../../../ir/policies/prompt-guard.ts'
import { compilePatternSet, type PatternSet } from '../../../lib/pattern-set/pattern-set.ts'
import type { RegexError } from '../../../lib/regex/regex.ts'
import { createDetectors } from '../detectors/create-detectors.ts'
import type { Detector } from '../detectors/detector.ts'

/** All that a guard looks for, as one automaton. */
export interface Searches {
  readonly set: PatternSet
  /** What each pattern of the set stands for. */
  readonly detectors: readonly Detector[]
}

// As vendors compile patterns of their manifests.
const vendorFlags = { caseInsensitive: true, dotMatchesNewline: true, multiline: true }
const areaFlags = { caseInsensitive: false, dotMatchesNewline: true, multiline: false }

export function compileSearches(
  patterns: Pick<GuardPatterns, 'custom' | 'detectors'>,
): Searches | RegexError {
  const names = [...new Set(patterns.detectors)]
  const detectors: Detector[] = patterns.custom.map(({ pattern }) => ({
    label: 'CUSTOM',
    score: 1,
    area: pattern,
  }))
  const customCount = detectors.length
  for (const name of names) detectors.push(...createDetectors(name))
  const set = compilePatternSet(
    detectors.map(({ area }, index) => ({
      source: area,
      ...(index < customCount ? vendorFlags : areaFlags),
    })),
  )
  return 'type' in set ? set : { set, detectors }
}
