import type { Worker } from 'node:worker_threads'
import type { WorkerAnswer } from './messages.ts'

/** The place of one gateway thread, which others take after it. */
export interface WorkerSlot {
  readonly index: number
  worker: Worker
  ready: boolean
  ended: boolean
  answered: WorkerAnswer | undefined
  /** True: this very thread has taken a configuration. */
  tookConfiguration: boolean
  replacement: NodeJS.Timeout | undefined
  /** Pings that have not been answered. */
  silentPings: number
}

/** Its end makes it replaced; a thread that is still starting is left to its start. */
export function endHung(slot: WorkerSlot): void {
  if (slot.ready && !slot.ended) void slot.worker.terminate()
}

/** True: it has answered this generation, or a later one. */
export const hasAnswered = ({ answered }: WorkerSlot, generation: number) =>
  answered !== undefined && answered.generation >= generation

/** What it says of a generation; no answer in time is one too. */
export function answerOf(slot: WorkerSlot, generation: number, timeoutMs: number): WorkerAnswer {
  if (slot.answered !== undefined && hasAnswered(slot, generation)) return slot.answered
  const message = `gateway thread ${slot.index} has not answered within ${timeoutMs} ms`
  return { type: 'nack', generation, message }
}
