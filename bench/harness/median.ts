/** The middle of `values`; of an even number the lower middle, so that it is one that was measured. */
export function medianOf(values: readonly number[]): number {
  return quantileOf(values, 0.5)
}

/** The value that `share` (0 to 1) of `values` do not exceed. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
