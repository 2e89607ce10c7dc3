import { LoadClient, type LoadTotals, type Sample } from './load/load-client.ts'
import { chatBody, chatHead } from './load/requests.ts'

export interface ChangeOptions {
  /** Of the gateway. */
  readonly url: string
  readonly host: string
  readonly markerPath: string
  readonly marker: string
  readonly apply: () => Promise<unknown>
}

export interface ChangeTimes {
  readonly fromStartMs: number
  readonly fromAnswerMs: number
}

const giveUpAfterMs = 30_000

/** Applies a change that makes `markerPath` answer `marker`, and measures until the gateway does. */
export async function measureChange(options: ChangeOptions): Promise<ChangeTimes> {
  let inForceAt: number | undefined
  const probe = new LoadClient({
    url: options.url,
    connections: 1,
    pauseMs: 2,
    head: chatHead(options.markerPath, options.host),
    onSample({ body, startedAt }) {
      if (body === options.marker) inForceAt ??= startedAt
    },
  })
  probe.start()
  const startedAt = performance.now()
  await options.apply()
  const answeredAt = performance.now()
  while (inForceAt === undefined) {
    if (performance.now() - startedAt > giveUpAfterMs) throw new Error('The change has no effect.')
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await probe.stop()
  return {
    fromStartMs: inForceAt - startedAt,
    fromAnswerMs: Math.max(0, inForceAt - answeredAt),
  }
}

/** Runs `work` while 32 busy connections send requests to `url`; what they saw stands in the result. */
export async function underLoad<Value>(
  { url, connections = 32, pauseMs = 0 }: LoadUnder,
  work: () => Promise<Value>,
): Promise<{
  readonly value: Value
  readonly totals: LoadTotals
  readonly samples: readonly Sample[]
}> {
  const samples: Sample[] = []
  const client = new LoadClient({
    ...{ url, connections, pauseMs, head: chatHead('/plain'), requestBody: chatBody },
    onSample: (sample) => void samples.push(sample),
  })
  client.start()
  const value = await work()
  return { value, totals: await client.stop(), samples }
}

interface LoadUnder {
  readonly url: string
  readonly connections?: number
  readonly pauseMs?: number
}
