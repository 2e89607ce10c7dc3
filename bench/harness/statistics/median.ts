/** The middle of `values`; of an even number the lower middle, so that it is one that was measured. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.max(0, Math.ceil(sorted.length / 2) - 1)] ?? Number.NaN
}
