import { MemoryCounterStore } from '../../src/limits/memory/memory-counter-store.ts'
import { createCounterMemory } from '../../src/limits/memory/table-layout.ts'

/**
 * One hit on each of 1,000 counters in turn, in a table that has room for 262,144 and is empty, or in which half of all
 * slots are in use. Run: node bench/micro/counters.ts
 */
const slots = 262_144
const rounds = 500
const nowMs = Date.UTC(2026, 10, 20, 9, 30)

function measure(used: number): string {
  const store = new MemoryCounterStore(createCounterMemory(slots, Buffer.alloc(16, 7)))
  for (let index = 0; index < used; index += 1) {
    store.add([{ key: `other ${index}`, cost: 1, window: 'day' }], nowMs)
  }
  const keys = Array.from({ length: 1000 }, (_, index) => `limits.per-user who=client-${index}`)
  const run = () => {
    for (const key of keys) store.add([{ key, cost: 1, window: 'hour' }], nowMs)
  }
  for (let round = 0; round < 50; round += 1) run()
  const startMs = performance.now()
  for (let round = 0; round < rounds; round += 1) run()
  return (((performance.now() - startMs) * 1e6) / (rounds * keys.length)).toFixed(0)
}

process.stdout.write(`empty table: ${measure(0)} ns per hit\n`)
process.stdout.write(`half full table: ${measure(slots / 2)} ns per hit\n`)
