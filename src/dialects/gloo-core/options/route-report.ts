import type { Backend } from '../../../ir/backend.ts'
import type { PolicyConfig } from '../../../ir/policy.ts'
import type { Failure } from './failure.ts'

/** Takes what the options of a route make, and what is wrong with them. */
export interface RouteReport {
  readonly policies: PolicyConfig[]
  /** Backends that nobody else adds. */
  readonly backends: Backend[]
  /** The route cannot do its work and must answer for itself. The first failure is what clients read. */
  fail(failure: Failure): void
  /** The route would be served without a protection that it asks for. */
  refuseUnprotected(advice: string): void
  /** As {@link fail}, for a reason that is reported elsewhere. */
  block(advice: string): void
  report(severity: 'error' | 'warning', text: string): void
}
