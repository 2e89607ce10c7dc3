import type { AccessLog } from '../../../ir/access-log.ts'
import { type Failure, failure } from '../failure.ts'
import { compileFilter } from './compile-filter.ts'
import { compileFormat } from './compile-format.ts'
import { type LogEntry, LogError } from './log-entry.ts'

/** A log, ready to be written. */
export interface CompiledAccessLog {
  readonly destination: AccessLog['destination']
  /** The line of a request with its line break; undefined: it is not logged. */
  lineOf(entry: LogEntry): string | undefined
}

/** Does all work that does not depend on a request. */
export function compileAccessLog(
  { destination, format, filter }: AccessLog,
  random: () => number,
): CompiledAccessLog | Failure {
  try {
    const line = compileFormat(format)
    if (filter === undefined) return { destination, lineOf: line }
    const accepts = compileFilter(filter, random)
    return { destination, lineOf: (entry) => (accepts(entry) ? line(entry) : undefined) }
  } catch (error) {
    if (error instanceof LogError) return failure(error.message)
    throw error
  }
}
