/** One measured figure of one scenario. */
export interface Measurement {
  readonly scenario: string
  readonly figure: string
  readonly unit: string
  readonly direct?: number
  readonly nginx?: number
  readonly sluice: number
  /** Sluice's figure divided by nginx's. */
  readonly ratio?: number
  /** What DESIGN calls the budget, in the figure's unit or as a ratio. */
  readonly budget: string
  readonly holds: boolean
  /** Why the figure must not be trusted, such as a load generator at its limit. */
  readonly invalid?: string
}

export interface Scenario {
  readonly name: string
  run(settings: BenchSettings): Promise<readonly Measurement[]>
}

export interface BenchSettings {
  /** Runs per target; the median counts. */
  readonly runs: number
  readonly seconds: number
  /** Requests that memory is watched over. */
  readonly requests: number
}
