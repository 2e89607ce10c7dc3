import type { Configuration } from '../../ir/configuration.ts'
import type { WorkerAnswer } from '../../link/messages.ts'
import type { MovedBinding, RefusedBinding } from '../ports/plan-bindings.ts'
import type { OriginError } from '../status/status-writer.ts'

/** What became of one generation. */
export interface GenerationReport {
  readonly generation: number
  readonly configuration: Configuration
  readonly translateMs: number
  /** The slowest worker's. */
  readonly buildMs: number
  /** From the first change to the last worker's answer. */
  readonly totalMs: number
  /** Workers that could not take the generation and serve the one before. */
  readonly failedWorkers: number
  readonly errors: readonly OriginError[]
  readonly refused: readonly RefusedBinding[]
  readonly moved: readonly MovedBinding[]
}

/** How long the slowest worker took to build a generation, in milliseconds. */
export const buildMsOf = (answers: readonly WorkerAnswer[]): number =>
  Math.max(0, ...answers.map((answer) => ('buildMs' in answer ? answer.buildMs : 0)))

/** What a worker could not put in force of a generation that it took. */
export function errorsOf(answer: WorkerAnswer, { listeners }: Configuration): OriginError[] {
  if (answer.type === 'nack') return []
  const unbound = answer.bindings.flatMap(({ listenerId, address, port, error }) => {
    const origin = listeners.get(listenerId)?.origin
    if (error === undefined || origin === undefined) return []
    return [{ origin, message: `${address}:${port} cannot be served: ${error}` }]
  })
  return [...answer.errors, ...unbound]
}

/** Every worker reports the same errors; they are told once. */
export function uniqueErrors(errors: readonly OriginError[]): OriginError[] {
  const unique = new Map(
    errors.map(({ origin, message }) => [
      JSON.stringify([origin.kind, origin.namespace, origin.name, message]),
      { origin, message },
    ]),
  )
  return [...unique.values()]
}
