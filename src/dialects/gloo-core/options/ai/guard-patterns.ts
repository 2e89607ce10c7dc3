import type {
  GuardDetector,
  GuardPattern,
  GuardPatterns,
} from '../../../../ir/policies/prompt-guard.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import { compileRegex } from '../../../../lib/regex/regex.ts'
import type { Patterns } from '../../kinds/ai/prompt-guard.ts'

/** Collects what is wrong with a guard, each text beginning with the field. */
export type ReportError = (error: string) => void

/** The patterns of one side of a guard, in any release's form. */
export interface PatternFields {
  readonly regex?: Patterns
  readonly matches?: readonly unknown[]
  readonly builtins?: Patterns['builtins']
}

const detectors = {
  SSN: 'ssn',
  CREDIT_CARD: 'credit-card',
  PHONE_NUMBER: 'phone-number',
  EMAIL: 'email',
} as const satisfies Record<string, GuardDetector>

/**
 * Reads what to look for. Up to 1.18.0-beta26 patterns stood beside `regex`: requests were refused, and answers masked
 * character by character with detectors of their own.
 */
export function readPatterns(
  fields: PatternFields,
  side: 'request' | 'response',
  fail: ReportError,
): GuardPatterns | undefined {
  const { regex, matches, builtins } = fields
  if (regex === undefined) {
    const found = (builtins ?? []).map((name) => `legacy-${detectors[name]}` as const)
    const action = side === 'request' ? 'reject' : 'mask'
    return patternsOf({
      ...{ action, maskStyle: 'characters', detectors: found },
      custom: readMatches(matches ?? [], 'matches', fail),
    })
  }
  const extra = [...(matches ? ['matches'] : []), ...(builtins ? ['builtins'] : [])]
  if (extra.length > 0) fail(`${extra.join(' and ')} cannot be set beside regex: put them into it`)
  const found = (regex.builtins ?? []).map((name) => detectors[name])
  return patternsOf({
    action: side === 'response' ? 'mask' : actionOf(regex),
    maskStyle: 'label',
    detectors: found,
    custom: readMatches(regex.matches ?? [], 'regex.matches', fail),
  })
}

const patternsOf = (patterns: GuardPatterns): GuardPatterns | undefined =>
  patterns.custom.length + patterns.detectors.length === 0 ? undefined : patterns

/** Before there were actions (1.18.0-beta27 to beta29), when patterns were plain texts, requests were refused. */
function actionOf({ action, matches = [] }: Patterns): GuardPatterns['action'] {
  if (action !== undefined) return action === 'REJECT' ? 'reject' : 'mask'
  return matches.some((match) => typeof match === 'string') ? 'reject' : 'mask'
}

function readMatches(
  matches: readonly unknown[],
  field: string,
  fail: ReportError,
): GuardPattern[] {
  return matches.flatMap((match, index) => {
    const place = `${field}[${index}]`
    const { pattern, name, ...unknown }: Record<string, unknown> = isRecord(match)
      ? match
      : { pattern: match }
    const [other] = Object.keys(unknown)
    if (other !== undefined) fail(`${place}: the field ${other} is not known`)
    if (typeof pattern !== 'string' || pattern === '') {
      fail(`${place}: pattern must be set`)
      return []
    }
    const regex = compileRegex(pattern)
    if ('type' in regex)
      fail(`${place}: '${pattern}' is not RE2: ${regex.reason}${adviceOn(pattern)}`)
    return [{ pattern, name: typeof name === 'string' && name !== '' ? name : undefined }]
  })
}

/** Patterns that were written for other engines often have what RE2 leaves out for the sake of linear time. */
const adviceOn = (pattern: string) =>
  /\(\?<?[=!]|\\[1-9]/.test(pattern)
    ? '; RE2 has no lookahead, lookbehind or backreferences: write it without'
    : ''
