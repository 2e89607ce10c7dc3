import type { AccessLogFilter, Comparison } from '../../../../ir/access-log.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import type { AccessLogFilter as FilterConfig } from '../../kinds/listener-options/access-log.ts'
import { findRegexError } from '../regular-expression.ts'

/** Why a log cannot be written as it was asked for. */
export class FilterError extends Error {}

const operators = { EQ: 'equal', GE: 'at-least', LE: 'at-most' } as const

function comparisonOf({ comparison }: NonNullable<FilterConfig['statusCodeFilter']>): Comparison {
  const { op = 'EQ', value = {} } = comparison ?? {}
  return { operator: operators[op] ?? 'equal', value: value.defaultValue ?? 0 }
}

const parts = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 } as const

function headerFilter({ header }: NonNullable<FilterConfig['headerFilter']>): AccessLogFilter {
  const { name = '', value = '', regex = false, invertMatch = false } = header ?? {}
  if (name === '') throw new FilterError('headerFilter names no header')
  const pattern = regex ? value : value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const error = findRegexError(pattern)
  if (error !== undefined) throw new FilterError(`invalid regex '${pattern}': ${error}`)
  const condition = {
    name: name.toLowerCase(),
    pattern: value === '' ? undefined : pattern,
    inverted: invertMatch,
  }
  return { type: 'header', condition }
}

const innerFilters = (
  type: 'all' | 'any',
  filters: readonly unknown[] | undefined,
): AccessLogFilter => ({
  type,
  filters: (filters ?? []).map((each) => translateLogFilter(isRecord(each) ? each : {})),
})

type Translate<Field extends keyof FilterConfig> = (
  value: NonNullable<FilterConfig[Field]>,
) => AccessLogFilter

const translators: { readonly [Field in keyof FilterConfig]-?: Translate<Field> | undefined } = {
  statusCodeFilter: (value) => ({ type: 'status', comparison: comparisonOf(value) }),
  durationFilter: (value) => ({ type: 'duration-ms', comparison: comparisonOf(value) }),
  // The health of the gateway is asked on its admin port, which has no such log.
  notHealthCheckFilter: () => ({ type: 'all', filters: [] }),
  runtimeFilter: ({ percentSampled = {} }) => {
    const { numerator = 0, denominator = 'HUNDRED' } = percentSampled
    return { type: 'sample', percentage: (numerator * 100) / parts[denominator] }
  },
  andFilter: ({ filters }) => innerFilters('all', filters),
  orFilter: ({ filters }) => innerFilters('any', filters),
  headerFilter,
  responseFlagFilter: ({ flags = [] }) => ({ type: 'response-flags', flags }),
  traceableFilter: undefined,
  grpcStatusFilter: undefined,
}

/** Translates a filter; throws {@link FilterError}, because more would be logged without it. */
export function translateLogFilter(config: FilterConfig): AccessLogFilter {
  const [field, second] = Object.keys(config) as (keyof FilterConfig)[]
  if (field === undefined) throw new FilterError('the filter says nothing')
  if (second !== undefined) {
    throw new FilterError(`only one of ${field} and ${second} may be set; join them by andFilter`)
  }
  const translate = translators[field] as ((value: unknown) => AccessLogFilter) | undefined
  if (translate === undefined) throw new FilterError(`the filter ${field} is not supported`)
  return translate(config[field])
}
