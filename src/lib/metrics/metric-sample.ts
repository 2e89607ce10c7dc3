/** One value of one metric of one thread; values of the same name and labels are summed or merged. */
export interface MetricSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value:
    | { readonly type: 'counter'; readonly total: number }
    | { readonly type: 'gauge'; readonly current: number }
    | {
        readonly type: 'histogram'
        /** Counts per bucket of the metric's bounds, the last one above all bounds. */
        readonly counts: readonly number[]
        readonly sum: number
      }
}
