import { expect, test } from 'vitest'
import { startGatewayThreads } from './gateway-threads.ts'

const entry = new URL('data:text/javascript,setInterval(() => undefined, 1000)')

test('a thread is handed out once; a later one for the same slot is new', async () => {
  const spawn = startGatewayThreads(entry, 1)
  const threads = [spawn(0), spawn(0), spawn(1)]
  expect(new Set(threads.map(({ threadId }) => threadId)).size).toBe(3)
  await Promise.all(threads.map((thread) => thread.terminate()))
})
