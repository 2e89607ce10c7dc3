import type { Backend } from '../../../../ir/backend.ts'
import type { PolicyConfig } from '../../../../ir/policy.ts'
import type { Failure } from '../../../gloo-core/options/failure.ts'
import type { RouteReport } from '../../../gloo-core/options/route-report.ts'

/** Collects what options make of a rule. */
export class EffectReport implements RouteReport {
  readonly policies: PolicyConfig[] = []
  readonly backends: Backend[] = []
  readonly errors: string[] = []
  readonly warnings: string[] = []
  /** Set: why no request may be served. */
  failure: string | undefined

  fail({ reason, advice }: Failure): void {
    this.errors.push(reason)
    this.block(advice)
  }

  refuseUnprotected(advice: string): void {
    this.block(advice)
  }

  block(advice: string): void {
    this.failure ??= `Route is not available: ${advice}`
  }

  report(severity: 'error' | 'warning', text: string): void {
    if (severity === 'error') this.errors.push(text)
    else this.warnings.push(text)
  }
}
