// A thread that adds 1 to each of some counters many times, and reports the totals that it saw.
import { parentPort, workerData } from 'node:worker_threads'
import type { CounterHit } from '../../counter-store.ts'
import type { CounterMemory } from '../counter-memory.ts'
import { MemoryCounterStore } from '../memory-counter-store.ts'

/** What the thread is told. */
export interface HammerTask {
  readonly memory: CounterMemory
  readonly keys: readonly string[]
  readonly rounds: number
  readonly nowMs: number
}

const { memory, keys, rounds, nowMs } = workerData as HammerTask
const store = new MemoryCounterStore(memory)
const hits = keys.map((key): CounterHit => ({ key, cost: 1, window: 'hour' }))
const totals: (readonly (number | undefined)[])[] = []
parentPort?.once('message', () => {
  for (let round = 0; round < rounds; round += 1) totals.push(store.add(hits, nowMs))
  parentPort?.postMessage(totals)
})
parentPort?.postMessage('ready')
