import { LoadClient, type LoadClientOptions, type LoadTotals, type Sample } from './load-client.ts'

/** What clients send in every scenario: a chat completion of about 300 bytes with its head. */
export const chatBody = JSON.stringify({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'x'.repeat(120) }],
})

/** Head of a request without its length, as {@link LoadClient} wants it. */
export function chatHead(path: string, host = 'api.bench.test', headers: readonly string[] = []) {
  return [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    'User-Agent: bench',
    'Accept: */*',
    'Content-Type: application/json',
    ...headers,
  ].join('\r\n')
}

/** Runs a load to its end: `seconds`, or as many requests as its connections were given. */
export async function runLoad(
  options: Omit<LoadClientOptions, 'onSample'>,
  seconds?: number,
): Promise<{ readonly samples: readonly Sample[]; readonly totals: LoadTotals }> {
  const samples: Sample[] = []
  const client = new LoadClient({ ...options, onSample: (sample) => void samples.push(sample) })
  client.start()
  if (seconds === undefined) return { totals: await client.finished(), samples }
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  return { totals: await client.stop(), samples }
}
