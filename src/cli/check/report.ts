/** What Sluice does with one field. */
export interface FieldReport {
  /** Such as `spec.static.hosts[0].port`. */
  readonly path: string
  readonly verdict: 'honoured' | 'approximated' | 'ignored' | 'informational' | 'unknown'
  /** How it is approximated or why it is ignored. */
  readonly detail: string
}

export interface Problem {
  readonly severity: 'error' | 'warning'
  /** Empty where it concerns the object as a whole. */
  readonly field: string
  readonly message: string
}

/** What is to be said about one object of a file. */
export interface ObjectReport {
  readonly file: string
  readonly line: number
  readonly apiVersion: string
  readonly kind: string
  /** Empty for kinds without. */
  readonly namespace: string
  readonly name: string
  readonly fields: readonly FieldReport[]
  readonly problems: readonly Problem[]
}
