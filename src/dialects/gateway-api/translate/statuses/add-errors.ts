import { isRecord } from '../../../../lib/json/is-record.ts'
import type { ProgrammingError } from '../../../dialect.ts'
import type { Condition, Problem } from '../../conditions.ts'
import type { GatewayStatus, ListenerStatus } from './gateway-status.ts'

/** The listeners that a field path such as `spec.listeners[0,2].tls` names; undefined: all of them. */
function listenersIn(fieldPath: string): ReadonlySet<number> | undefined {
  const [, indexes] = /^spec\.listeners\[([\d,]+)\]/.exec(fieldPath) ?? []
  return indexes === undefined ? undefined : new Set(indexes.split(',').map(Number))
}

function setFalse(
  conditions: readonly Condition[],
  type: string,
  problem: Problem,
): readonly Condition[] {
  return conditions.map((condition) =>
    condition.type === type && condition.status === 'True'
      ? { ...condition, status: 'False', ...problem }
      : condition,
  )
}

const textOf = (errors: readonly ProgrammingError[]) =>
  [...new Set(errors.map(({ message }) => message))].join('; ')

function addToListener(
  listener: ListenerStatus,
  index: number,
  errors: readonly ProgrammingError[],
): ListenerStatus {
  const own = errors.filter(({ fieldPath }) => listenersIn(fieldPath)?.has(index) ?? true)
  if (own.length === 0) return listener
  const problem = { reason: 'Invalid', message: textOf(own) }
  return { ...listener, conditions: setFalse(listener.conditions, 'Programmed', problem) }
}

const isProgrammed = ({ conditions }: ListenerStatus) =>
  conditions.some(({ type, status }) => type === 'Programmed' && status === 'True')

function addToGateway(status: GatewayStatus, errors: readonly ProgrammingError[]): GatewayStatus {
  const listeners = status.listeners.map((each, index) => addToListener(each, index, errors))
  const problem = { reason: 'Invalid', message: textOf(errors) }
  const conditions = listeners.some(isProgrammed)
    ? status.conditions
    : setFalse(status.conditions, 'Programmed', problem)
  return { ...status, conditions, listeners }
}

interface Entries {
  readonly [list: string]: readonly { readonly conditions: readonly Condition[] }[]
}

/** A route or policy that cannot be put in force is not accepted. */
function addToEntries(status: Entries, list: string, errors: readonly ProgrammingError[]): unknown {
  const problem = { reason: 'UnsupportedValue', message: textOf(errors) }
  const entries = status[list] ?? []
  return {
    ...status,
    [list]: entries.map((entry) => ({
      ...entry,
      conditions: setFalse(entry.conditions, 'Accepted', problem),
    })),
  }
}

/** Writes what went wrong while the gateway took the configuration into a status. */
export function addErrors(status: unknown, errors: readonly ProgrammingError[]): unknown {
  if (!isRecord(status)) return status
  if (Array.isArray(status['listeners'])) {
    return addToGateway(status as unknown as GatewayStatus, errors)
  }
  for (const list of ['parents', 'ancestors']) {
    if (Array.isArray(status[list])) return addToEntries(status as Entries, list, errors)
  }
  return status
}
