import type { Backend } from '../../../ir/backend.ts'
import type { Origin } from '../../../ir/origin.ts'
import type { PolicyConfig } from '../../../ir/policy.ts'
import type { Route, UnavailableAction } from '../../../ir/route.ts'
import type { ObjectReference } from '../../../kube/kube-object.ts'
import type { Failure } from '../../gloo-core/options/failure.ts'
import { texts } from '../conditions.ts'
import type { Problem } from './problem.ts'

/** What became of one route of a manifest: more than one after delegation, none when it cannot be matched. */
export interface RouteOutcome {
  readonly routes: readonly Route[]
  readonly policies: readonly PolicyConfig[]
  readonly backends: readonly Backend[]
  readonly problems: readonly Problem[]
}

/** A route in the making: collects what its parts need and what is wrong with them. */
export class RouteDraft {
  readonly name: string
  readonly origin: Origin
  readonly owner: ObjectReference
  readonly policies: PolicyConfig[] = []
  readonly backends: Backend[] = []
  readonly problems: Problem[] = []
  unavailable: UnavailableAction | undefined

  constructor(name: string, origin: Origin, owner: ObjectReference) {
    this.name = name
    this.origin = origin
    this.owner = owner
  }

  /** The route cannot do its work and must answer for itself. The first failure is what clients read. */
  fail({ reason, advice, errorType = 'ProcessingError' }: Failure): void {
    this.report('error', texts.routeError(errorType, reason, `${this.name}-matcher-0`))
    this.block(advice)
  }

  /** The route would be served without a protection that it asks for. */
  refuseUnprotected(advice: string): void {
    this.report('warning', texts.routeUnprotected(advice, this.name))
    this.block(advice)
  }

  /** As {@link fail}, for a reason that is reported elsewhere. */
  block(advice: string): void {
    this.unavailable ??= {
      type: 'unavailable',
      code: 'configuration-error',
      status: 500,
      message: `Route is not available: ${advice}`,
    }
  }

  /** The route's destination does not exist. */
  failDestination(reason: string, advice: string): void {
    this.report('warning', texts.routeWarning('InvalidDestinationWarning', reason))
    this.unavailable ??= {
      type: 'unavailable',
      code: 'backend-not-found',
      status: 503,
      message: `Route is not available: ${advice}`,
    }
  }

  report(severity: Problem['severity'], text: string): void {
    this.problems.push({ severity, owner: this.owner, text })
  }
}
