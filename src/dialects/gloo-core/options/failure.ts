/** Why a route cannot do what its options say. */
export interface Failure {
  /** In Gloo's words, for the status. */
  readonly reason: string
  /** For the client: what is wrong, where, and what to do. */
  readonly advice: string
  /** Gloo's class of the error. */
  readonly errorType?: 'ProcessingError' | 'InvalidMatcherError'
}

/** A policy, or why it cannot be made. */
export type PolicyResult<Policy> =
  | { readonly policy: Policy; readonly failures: readonly [] }
  | { readonly policy: undefined; readonly failures: readonly Failure[] }
