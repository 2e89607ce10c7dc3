import { CommandError } from '../command-error.ts'

/** An answer of the Kubernetes API that is no success; the message is the server's, made safe for people. */
export class ApiError extends CommandError {
  readonly code: number
  /** Such as `AlreadyExists`. */
  readonly reason: string

  constructor(code: number, reason: string, message: string) {
    super(message)
    this.code = code
    this.reason = reason
  }
}

/** Whether the server said that it has no such kind, rather than no such object. */
export function isUnserved(error: unknown): error is ApiError {
  return (
    error instanceof ApiError &&
    error.code === 404 &&
    error.message.startsWith('the server could not find the requested resource')
  )
}
