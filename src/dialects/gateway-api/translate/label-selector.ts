import type { LabelSelector } from '../kinds/fields/selector.ts'

/** Whether labels fulfil a selector; an empty selector takes everything. */
export function matchesSelector(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) =>
      comparisons[operator](labels[key], values),
    )
  )
}

const comparisons = {
  In: (value: string | undefined, values: readonly string[]) =>
    value !== undefined && values.includes(value),
  NotIn: (value: string | undefined, values: readonly string[]) =>
    value === undefined || !values.includes(value),
  Exists: (value: string | undefined) => value !== undefined,
  DoesNotExist: (value: string | undefined) => value === undefined,
} as const
