import { hash } from 'node:crypto'
import { type Window, windowSeconds, windowStart } from '../counter-store.ts'

/** Where a counter stands in Redis, and until when. */
export interface CounterPlace {
  /** The key of the counter and that of what is reserved of it. */
  readonly keys: readonly [string, string]
  /** Unix time at which the window ends. */
  readonly endMs: number
}

/** A counter outlives its window by this much, for those whose clock is behind. */
const graceMs = 60_000

/**
 * The place of a counter. Keys hold a hash: what clients send, such as a credential that a limit counts by, is nobody's business who
 * looks into Redis. The braces put all keys on the same node of a cluster.
 */
export function placeOf(key: string, window: Window, nowMs: number): CounterPlace {
  const start = windowStart(window, nowMs)
  const name = `sluice:{limits}:${window}:${start}:${hash('sha256', key, 'base64url')}`
  return { keys: [name, `${name}:reserved`], endMs: (start + windowSeconds[window]) * 1000 }
}

/** How long the keys of a place are kept from `nowMs` on. */
export function timeToLiveMs({ endMs }: CounterPlace, nowMs: number): number {
  return Math.ceil(Math.max(0, endMs - nowMs)) + graceMs
}
