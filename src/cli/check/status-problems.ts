import { isJsonObject } from '../../kube/schema/json-object.ts'
import type { Problem } from './report.ts'

const severityByState: Readonly<Record<string, Problem['severity']>> = {
  Rejected: 'error',
  REJECTED: 'error',
  Warning: 'warning',
}

/** Condition types that say something is wrong when they are true. */
const negativeConditions = new Set(['Conflicted', 'PartiallyInvalid', 'OverlappingTLSConfig'])

/**
 * What a status says is wrong, in the forms that vendors use: `state` with `reason` or `message`, also by
 * controller, and lists of `conditions` at any depth.
 */
export function findStatusProblems(status: unknown): Problem[] {
  if (Array.isArray(status)) return status.flatMap(findStatusProblems)
  if (!isJsonObject(status)) return []
  const severity = severityOf(status)
  const own = severity === undefined ? conditionProblem(status) : stateProblem(status, severity)
  // What a state says repeats what lies below it.
  if (own.length > 0) return own
  return Object.values(status).flatMap(findStatusProblems)
}

/** What is in force may still have something to say. */
function severityOf({ state, message }: Readonly<Record<string, unknown>>) {
  if (state === 'ACCEPTED' && typeof message === 'string' && message !== '') return 'warning'
  return severityByState[String(state)]
}

function stateProblem(
  status: Readonly<Record<string, unknown>>,
  severity: Problem['severity'],
): Problem[] {
  const reason = status['reason'] ?? status['message']
  const text = typeof reason === 'string' ? reason.trim() : ''
  return [{ severity, field: '', message: text === '' ? `is ${String(status['state'])}` : text }]
}

function conditionProblem({ type, status, reason, message }: Readonly<Record<string, unknown>>) {
  if (typeof type !== 'string' || typeof status !== 'string') return []
  if (status !== (negativeConditions.has(type) ? 'True' : 'False')) return []
  const text = [reason, message].filter((part) => typeof part === 'string' && part !== '')
  const problem: Problem = {
    ...{ severity: 'error', field: '' },
    message: `${type} is ${status}: ${text.join(': ')}`,
  }
  return [problem]
}
