import { expect, test } from 'vitest'
import { type CounterMemory, createCounterMemory } from './counter-memory.ts'
import { CounterTable } from './counter-table.ts'

const second = 1000

function createTable(memory: CounterMemory): CounterTable {
  return new CounterTable(memory.counters)
}

test('a counter stays where it was found while its window lasts, for every thread', () => {
  const memory = createCounterMemory(256, Buffer.alloc(16, 7))
  const [table, otherThread] = [createTable(memory), createTable(memory)]
  const slot = table.slotOf('a', 'minute', 60 * second)
  expect(table.slotOf('a', 'minute', 119 * second)).toBe(slot)
  expect(otherThread.slotOf('a', 'minute', 90 * second)).toBe(slot)
  expect(table.slotOf('a', 'hour', 90 * second)).not.toBe(slot)
  expect(table.slotOf('a', 'minute', 120 * second)).not.toBe(slot)
})

test('whoever asks for a window that is over does not get a slot that is another counter’s by now', () => {
  const table = createTable(createCounterMemory(256, Buffer.alloc(16, 7)))
  const slot = table.slotOf('a', 'second', 10 * second)
  const later = Array.from({ length: 256 }, (_, index) =>
    table.slotOf(`b${index}`, 'second', 20 * second),
  )
  expect(later).toContain(slot)
  expect(table.slotOf('a', 'second', 10 * second)).not.toBe(slot)
})
