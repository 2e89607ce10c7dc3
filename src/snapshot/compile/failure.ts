import type { UnavailableAction } from '../../ir/route.ts'

/** Why something a route needs is not there. */
export interface Failure {
  readonly type: 'failure'
  readonly code: UnavailableAction['code']
  /** Names the object. */
  readonly message: string
}

/** Makes a {@link Failure} of the configuration. */
export function failure(message: string, code: Failure['code'] = 'configuration-error'): Failure {
  return { type: 'failure', code, message }
}

/** Tells a {@link Failure} from what was asked for. */
export function isFailure(value: object): value is Failure {
  return 'type' in value && value.type === 'failure'
}
