import { expect, test } from 'vitest'
import { emptySnapshot, SnapshotHolder } from './snapshot-holder.ts'

const generation = (number: number) => ({ ...emptySnapshot, generation: number })

test('a newer snapshot takes the place of the current one', () => {
  const holder = new SnapshotHolder()
  expect(holder.current).toBe(emptySnapshot)
  const next = generation(2)
  expect(holder.publish(next)).toBe(true)
  expect(holder.current).toBe(next)
})

test('a late, older build is dropped', () => {
  const current = generation(2)
  const holder = new SnapshotHolder(current)
  expect(holder.publish(generation(1))).toBe(false)
  expect(holder.publish(generation(2))).toBe(false)
  expect(holder.current).toBe(current)
})
