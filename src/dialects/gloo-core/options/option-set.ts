import type { Origin } from '../../../ir/origin.ts'
import { fieldOf } from './place.ts'

/** Options with the place that each top-level field came from. */
export interface OptionSet<Options extends object> {
  readonly values: Options
  /** Where the options object of each field stands. */
  readonly origins: Readonly<Record<string, Origin>>
}

/** Fields of which only one may be set; setting one hides the others of lower layers. */
const alternatives: readonly (readonly string[])[] = [
  ['hostRewrite', 'autoHostRewrite', 'hostRewritePathRegex', 'hostRewriteHeader'],
  ['ratelimit', 'rateLimitConfigs'],
  ['ratelimitEarly', 'rateLimitEarlyConfigs'],
  ['ratelimitRegular', 'rateLimitRegularConfigs'],
  ['jwt', 'jwtStaged', 'jwtProvidersStaged'],
]

const alternativesOf = (field: string) =>
  alternatives.find((fields) => fields.includes(field)) ?? [field]

/** The options that stand at `origin`. */
export const optionSetOf = <Options extends object>(
  values: Options,
  origin: Origin,
): OptionSet<Options> => ({
  values,
  origins: Object.fromEntries(Object.keys(values).map((field) => [field, origin])),
})

/** Fills in the top-level fields that `upper` does not set. */
export function fillOptions<Options extends object>(
  upper: OptionSet<Options>,
  lower: OptionSet<Options>,
): OptionSet<Options> {
  const filled = Object.entries(lower.values).filter(([field]) =>
    alternativesOf(field).every((name) => !(name in upper.values)),
  )
  if (filled.length === 0) return upper
  const origins = Object.fromEntries(
    filled.flatMap(([field]) => {
      const origin = lower.origins[field]
      return origin === undefined ? [] : [[field, origin]]
    }),
  )
  return {
    values: { ...Object.fromEntries(filled), ...upper.values } as Options,
    origins: { ...origins, ...upper.origins },
  }
}

/** Where a field of the options stands. */
export function originOfOption(set: OptionSet<object>, field: string, fallback: Origin): Origin {
  return fieldOf(set.origins[field] ?? fallback, field)
}
