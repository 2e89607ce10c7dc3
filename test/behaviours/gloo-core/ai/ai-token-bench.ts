import type { ServerResponse } from 'node:http'
import { parse } from 'yaml'
import { callHttp, type HttpAnswer, type HttpCall } from '../../../harness/http-call.ts'
import {
  type RecordingUpstream,
  startRecordingUpstream,
} from '../../../harness/recording-upstream.ts'
import { waitUntil } from '../../../harness/wait-until.ts'
import { EdgeBench } from '../../gloo-edge/edge-bench.ts'
import { completion } from './ai-bench.ts'

/** What a call of {@link ask} sets aside: 10 tokens of the message and its frame, and 20 that it allows. */
export const callTokens = 30
/** What the upstream says that such a call has used. */
export const usedTokens = 7

const question = {
  model: 'gpt-4o',
  messages: [{ role: 'user', content: 'Hello' }],
  max_tokens: callTokens - 10,
}

/** A model that answers when the test lets it. */
export class HeldModel {
  readonly #held: ServerResponse[] = []
  #open = false
  server: RecordingUpstream | undefined

  static async start(): Promise<HeldModel> {
    const model = new HeldModel()
    const answer = completion('Hi')
    model.server = await startRecordingUpstream({
      answer: (request, response) => {
        if (model.#open) answer(request, response)
        else model.#held.push(response)
      },
    })
    return model
  }

  get calls(): number {
    return this.#held.length
  }

  /** Lets it answer what it has got, and from now on at once. */
  open(): void {
    this.#open = true
    for (const response of this.#held.splice(0)) completion('Hi')(undefined as never, response)
  }

  /** Keeps answers back again. */
  hold(): void {
    this.#open = false
  }
}

/** A running Sluice with a route to `model` whose calls are limited for each `x-user`. */
export async function startLimited(
  model: { readonly server: RecordingUpstream | undefined },
  limit: {
    readonly budget: number
    readonly annotations?: Record<string, string>
    /** The `ai` options of the route. */
    readonly ai?: object
  },
  flags: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<EdgeBench> {
  const bench = await EdgeBench.start(flags, 'serve', environment)
  const metadata = (name: string) => ({ name, namespace: 'default' })
  await bench.apply(
    {
      ...{ apiVersion: 'gloo.solo.io/v1', kind: 'Upstream', metadata: metadata('model') },
      spec: { ai: { openai: { customHost: { host: '127.0.0.1', port: model.server?.port } } } },
    },
    {
      ...{ apiVersion: 'ratelimit.solo.io/v1alpha1', kind: 'RateLimitConfig' },
      metadata: { ...metadata('tokens'), annotations: limit.annotations ?? {} },
      spec: {
        raw: parse(`
descriptors: [{ key: user, rateLimit: { unit: DAY, requestsPerUnit: ${limit.budget} } }]
rateLimits: [{ actions: [{ requestHeaders: { headerName: x-user, descriptorKey: user } }] }]`),
      },
    },
  )
  const status = await bench.serve(
    'limited',
    `
routes:
- routeAction: { single: { upstream: { name: model } } }
  options:
    ai: ${JSON.stringify(limit.ai ?? {})}
    rateLimitConfigs: { refs: [{ name: tokens, namespace: default }] }`,
  )
  if (status.state !== 'Accepted') throw new Error(status.reason)
  return bench
}

/** One call of `user`. */
export function ask(
  bench: EdgeBench,
  user: string,
  parts: Partial<HttpCall> & { readonly body?: string } = {},
): Promise<HttpAnswer> {
  return callHttp({
    ...{ address: bench.address, path: '/v1/chat/completions', method: 'POST' },
    body: JSON.stringify(question),
    ...parts,
    headers: {
      ...{ host: 'limited.test', 'x-user': user, 'content-type': 'application/json' },
      ...parts.headers,
    },
  })
}

/**
 * Sends calls of `user` at the same time, half of them to each of `benches`; the model answers none before all are decided. Resolves with
 * the statuses of all answers and how many of each there are.
 */
export async function askAtOnce(
  benches: readonly EdgeBench[],
  model: HeldModel,
  { user, count }: { readonly user: string; readonly count: number },
): Promise<Readonly<Record<number, number>>> {
  model.hold()
  let refused = 0
  const answers = Array.from({ length: count }, async (_, index) => {
    const bench = benches[index % benches.length]
    if (bench === undefined) throw new Error('No Sluice to ask.')
    const { status } = await ask(bench, user)
    if (status !== 200) refused += 1
    return status
  })
  await waitUntil('all calls to be decided', () => Promise.resolve(model.calls + refused === count))
  model.open()
  const counts: Record<number, number> = {}
  for (const status of await Promise.all(answers)) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

let users = 0
const today = () => Math.floor(Date.now() / 86_400_000)

/** Runs as a user of its own, and once more where midnight in UTC came in between. */
export async function withinOneDay<Result>(
  run: (user: string) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const day = today()
    users += 1
    const result = await run(`user-${users}`)
    if (today() === day) return result
  }
}
