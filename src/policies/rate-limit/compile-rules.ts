import type { RateLimitRules, RequestLimit } from '../../ir/policies/rate-limit.ts'
import type { CounterHit } from '../../limits/counter-store.ts'
import { metadataValue } from '../metadata-value.ts'
import type { RequestContext } from '../policy.ts'
import { compileEntries, type EntryError, type EntryList } from './compile-entries.ts'
import {
  type FoundLimit,
  findInSets,
  findInTree,
  indexLimits,
  selectByWeight,
} from './find-limits.ts'

/** A hit of a request on a counter, and the limit that it must stay within. */
export interface LimitedHit extends CounterHit {
  readonly limit: RequestLimit
  readonly rules: RateLimitRules
}

/** Adds the hits that a request makes under some rules. */
export type HitCollector = (context: RequestContext, hits: LimitedHit[]) => void

interface Lookup {
  readonly path: EntryList | undefined
  readonly set: EntryList | undefined
  readonly override: readonly string[] | undefined
}

/** Compiles rules to the function that finds the counters of a request. */
export function compileRules(rules: RateLimitRules): HitCollector | EntryError {
  const lookups: Lookup[] = []
  for (const { path, set, override } of rules.lookups) {
    const compiledPath = path.length === 0 ? undefined : compileEntries(path)
    const compiledSet = set && compileEntries(set)
    if (compiledPath !== undefined && typeof compiledPath !== 'function') return compiledPath
    if (compiledSet !== undefined && typeof compiledSet !== 'function') return compiledSet
    lookups.push({ path: compiledPath, set: compiledSet, override })
  }
  const index = indexLimits(rules.tree)
  return (context, hits) => {
    const inTree: FoundLimit[] = []
    for (const { path, set, override } of lookups) {
      const entries = path?.(context)
      const found = entries && findInTree(index, entries, overrideOf(context, override))
      if (found !== undefined) inTree.push(found)
      const members = set?.(context)
      if (members === undefined) continue
      for (const each of findInSets(rules.sets, members)) hits.push(hitOn(rules, each))
    }
    for (const each of selectByWeight(inTree)) hits.push(hitOn(rules, each))
  }
}

function hitOn(rules: RateLimitRules, { limit, counter }: FoundLimit): LimitedHit {
  // Cost is counted in other numbers than tokens are: a limit that changes from one to the other begins anew.
  const unit = rules.counting.unit === 'cost' ? ' cost' : ''
  const key = `${rules.counterScope}${unit} ${counter}`
  return { key, cost: 1, window: limit.window, limit, rules }
}

const windows: readonly RequestLimit['window'][] = ['second', 'minute', 'hour', 'day']

/** What is no limit is passed over, and the limit of the tree holds. */
function overrideOf(
  context: RequestContext,
  path: readonly string[] | undefined,
): RequestLimit | undefined {
  if (path === undefined) return undefined
  const value = metadataValue(context, path)
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Readonly<Record<string, unknown>>
  const requests = Number(fields['requests_per_unit'] ?? fields['requestsPerUnit'])
  const unit = String(fields['unit']).toLowerCase()
  const window = windows.find((each) => each === unit)
  const isCount = Number.isSafeInteger(requests) && requests >= 0
  return window !== undefined && isCount ? { requests, window } : undefined
}
