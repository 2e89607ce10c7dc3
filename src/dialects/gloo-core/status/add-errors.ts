import { isRecord } from '../../../lib/json/is-record.ts'
import type { ProgrammingError } from '../../dialect.ts'
import { controllerNamespace, formatErrors } from './report.ts'

/** Turns a Gloo status into Rejected for what the gateway could not put in force; earlier reasons stay. */
export function addGlooErrors(status: unknown, errors: readonly ProgrammingError[]): unknown {
  if (errors.length === 0) return status
  const statuses = isRecord(status) && isRecord(status['statuses']) ? status['statuses'] : {}
  const current = isRecord(statuses[controllerNamespace]) ? statuses[controllerNamespace] : {}
  const messages = errors.map(({ fieldPath, message }) =>
    fieldPath === '' ? message : `${fieldPath}: ${message}`,
  )
  const earlier = typeof current['reason'] === 'string' ? current['reason'] : ''
  const reason = [formatErrors(messages), earlier].filter((part) => part !== '').join('\n')
  return {
    ...(isRecord(status) ? status : {}),
    statuses: {
      ...statuses,
      [controllerNamespace]: { ...current, state: 'Rejected', reason, reportedBy: 'gloo' },
    },
  }
}
