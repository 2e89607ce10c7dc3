import { expect, test } from 'vitest'
import { runInSlices } from './run-in-slices.ts'

function* steps(count: number, work: () => void): Generator<void, string> {
  for (let step = 0; step < count; step += 1) {
    work()
    yield
  }
  return 'done'
}

test('work pauses whenever a slice is used up', async () => {
  let clock = 0
  const pausedAt: number[] = []
  const result = await runInSlices(
    steps(10, () => {
      clock += 2
    }),
    {
      sliceMs: 5,
      now: () => clock,
      pause: () => {
        pausedAt.push(clock)
        clock += 100
        return Promise.resolve()
      },
    },
  )
  expect(result).toBe('done')
  expect(pausedAt).toEqual([6, 112, 218])
})

test('work that fits into a slice does not pause', async () => {
  const pause = () => Promise.reject(new Error('paused'))
  await expect(
    runInSlices(
      steps(3, () => {}),
      { sliceMs: 5, now: () => 0, pause },
    ),
  ).resolves.toBe('done')
})
