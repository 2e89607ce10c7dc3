import { expect, test } from 'vitest'
import { emptyConfiguration } from '../../dialects/empty-configuration.ts'
import { EndpointRowAllocator, EndpointTable } from '../../link/endpoint-table.ts'
import { createBackend, createEndpoint } from '../testing/backend-nodes.ts'
import { EndpointRows } from './endpoint-rows.ts'

const configurationOf = (names: readonly string[]) => ({
  ...emptyConfiguration,
  backends: new Map(
    names.map((name) => [name, createBackend(name, [createEndpoint(`${name}/1`)], [])]),
  ),
})

function createRows(count: number) {
  const missing: number[] = []
  const allocator = new EndpointRowAllocator(EndpointTable.create({ rows: count, workers: 1 }, 0))
  const rows = new EndpointRows(allocator, (ids) => missing.push(ids))
  return { missing, update: (names: readonly string[]) => rows.update(configurationOf(names)) }
}

test('rows are told when other endpoints come, and only then', () => {
  const { update, missing } = createRows(8)
  expect(update(['a'])?.size).toBe(2)
  expect(update(['a'])).toBeUndefined()
  expect(update(['a', 'b'])?.size).toBe(4)
  expect(missing).toEqual([])
})

test('a full table is said once, and unchanged endpoints stay unchanged', () => {
  const { update, missing } = createRows(3)
  expect(update(['a', 'b'])?.size).toBe(3)
  expect(update(['a', 'b'])).toBeUndefined()
  expect(missing).toEqual([1])
})
