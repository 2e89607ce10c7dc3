import { Worker } from 'node:worker_threads'

/** Gives the thread for a slot of the pool. */
export type SpawnThread = (workerIndex: number) => Worker

/**
 * Starts `count` threads that run `entry`, so that they load their modules while control loads its own; each is
 * handed out once, and a thread asked for after that is a new one.
 */
export function startGatewayThreads(entry: URL, count: number): SpawnThread {
  const spawn = (index: number) => new Worker(entry, { name: `gateway-${index}` })
  const started = Array.from({ length: count }, (_, index): Worker | undefined => spawn(index))
  return (index) => {
    const thread = started[index]
    started[index] = undefined
    return thread ?? spawn(index)
  }
}
