import type { AccessLogFilter, Comparison } from '../../../ir/access-log.ts'
import { compileRegex } from '../../../lib/regex/regex.ts'
import { type LogEntry, LogError } from './log-entry.ts'

type Accepts = (entry: LogEntry) => boolean

const comparisons: Readonly<
  Record<Comparison['operator'], (actual: number, expected: number) => boolean>
> = {
  equal: (actual, expected) => actual === expected,
  'at-least': (actual, expected) => actual >= expected,
  'at-most': (actual, expected) => actual <= expected,
}

/** Says which requests are logged; throws {@link LogError}. */
export function compileFilter(filter: AccessLogFilter, random: () => number): Accepts {
  switch (filter.type) {
    case 'all': {
      const inner = filter.filters.map((each) => compileFilter(each, random))
      return (entry) => inner.every((accepts) => accepts(entry))
    }
    case 'any': {
      const inner = filter.filters.map((each) => compileFilter(each, random))
      return (entry) => inner.some((accepts) => accepts(entry))
    }
    case 'status':
    case 'duration-ms': {
      const { operator, value } = filter.comparison
      const compare = comparisons[operator]
      const isStatus = filter.type === 'status'
      return ({ outcome }) => compare(isStatus ? outcome.status : outcome.durationMs, value)
    }
    case 'response-flags': {
      const flags = new Set(filter.flags)
      return ({ outcome }) => {
        const own = outcome.responseFlags.split(',').filter((flag) => flag !== '-')
        return flags.size === 0 ? own.length > 0 : own.some((flag) => flags.has(flag))
      }
    }
    case 'header':
      return compileHeader(filter.condition)
    case 'sample':
      return () => random() * 100 < filter.percentage
  }
}

function compileHeader({
  name,
  pattern,
  inverted,
}: Extract<AccessLogFilter, { type: 'header' }>['condition']): Accepts {
  const regex = pattern === undefined ? undefined : compileRegex(pattern)
  if (regex !== undefined && 'type' in regex) throw new LogError(regex.message)
  const read = ({ context }: LogEntry) =>
    name === ':path' ? context.path : context.headers.get(name)
  return (entry) => {
    const value = read(entry)
    const holds = value !== undefined && (regex === undefined || regex.matches(value))
    return holds !== inverted
  }
}
