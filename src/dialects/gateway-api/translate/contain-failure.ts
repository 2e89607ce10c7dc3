import { messageOf } from '../../../lib/message-of.ts'
/**
 * Runs `compute`. An object of a form that its kind's schema does not allow, which only a foreign store can
 * hold, costs itself: `fallback` stands in, and is told what to say of it.
 */
export function containFailure<Value>(
  compute: () => Value,
  fallback: (message: string) => Value,
): Value {
  try {
    return compute()
  } catch (error) {
    const reason = messageOf(error)
    return fallback(`the object does not have the form that its schema asks for: ${reason}`)
  }
}
