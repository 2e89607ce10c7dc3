import { expect, test } from 'vitest'
import { EndpointRowAllocator, EndpointTable } from './endpoint-table.ts'

const create = (rows = 4) => EndpointTable.create({ rows, workers: 2 }, 1_000_000)

test('another thread sees the same state over the same memory', () => {
  const table = create()
  const other = new EndpointTable(table.memory)
  table.setHealthy(1, false)
  expect(other.isHealthy(1)).toBe(false)
  expect(other.isHealthy(0)).toBe(true)
  expect(other.version()).toBe(table.version())
})

test('gauges are summed over workers and those of a dead worker are taken back', () => {
  const table = create()
  table.count(3, 'activeRequests', { worker: 0, by: 2 })
  table.count(3, 'activeRequests', { worker: 1, by: 1 })
  expect(table.total(3, 'activeRequests')).toBe(3)
  table.clearWorker(0)
  expect(table.total(3, 'activeRequests')).toBe(1)
  expect(table.total(2, 'activeRequests')).toBe(0)
})

test('an ejection time is kept to a tenth of a second and counts as a change', () => {
  const table = create()
  const before = table.version()
  expect(table.ejectedUntilMs(0)).toBe(0)
  table.setEjectedUntilMs(0, 1_030_050)
  expect(table.ejectedUntilMs(0)).toBe(1_030_100)
  expect(table.version()).not.toBe(before)
})

test('rows stay with their ids, and freed rows are given out cleared', () => {
  const table = create(2)
  const allocator = new EndpointRowAllocator(table)
  const first = allocator.assign(['a', 'b'])
  table.setHealthy(first.get('a') ?? -1, false)
  const second = allocator.assign(['b', 'c'])
  expect(second.get('b')).toBe(first.get('b'))
  expect(second.get('c')).toBe(first.get('a'))
  expect(table.isHealthy(second.get('c') ?? -1)).toBe(true)
})

test('an id beyond the table has no row', () => {
  const rows = new EndpointRowAllocator(create(1)).assign(['a', 'b'])
  expect([...rows.keys()]).toEqual(['a'])
})
