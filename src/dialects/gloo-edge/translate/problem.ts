import type { ObjectReference } from '../../../kube/kube-object.ts'
import { messageOf } from '../../../lib/message-of.ts'

/** Something to be said in the status of an object. */
export interface Problem {
  readonly severity: 'error' | 'warning'
  readonly owner: ObjectReference
  readonly text: string
}

/**
 * Runs `compute`. An object of a form that its kind's schema does not allow, which only a foreign store can
 * hold, costs itself: it is reported and `fallback` stands in.
 */
export function containFailure<Value>(
  owner: ObjectReference,
  compute: () => Value,
  fallback: (problem: Problem) => Value,
): Value {
  try {
    return compute()
  } catch (error) {
    const reason = messageOf(error)
    return fallback({
      severity: 'error',
      owner,
      text: `the object does not have the form that its schema asks for: ${reason}`,
    })
  }
}
