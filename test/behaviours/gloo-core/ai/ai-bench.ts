import type { HttpAnswer } from '../../../harness/http-call.ts'
import {
  type RecordingUpstream,
  type RecordingUpstreamOptions,
  startRecordingUpstream,
} from '../../../harness/recording-upstream.ts'
import { EdgeBench, type GlooStatus } from '../../gloo-edge/edge-bench.ts'

type Request = RecordingUpstream['requests'][number]

/** What a client asks unless a test says otherwise. */
export const question = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] }

/** Answers as OpenAI does, with `content`. */
export const completion =
  (content: string): NonNullable<RecordingUpstreamOptions['answer']> =>
  (_request, response) => {
    const message = { role: 'assistant', content }
    const choices = [{ index: 0, message, finish_reason: 'stop' }]
    const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }
    const body = { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

/** A running Sluice whose AI Upstreams lead to servers of the test. */
export class AiBench {
  readonly edge: EdgeBench
  readonly #servers: RecordingUpstream[] = []

  private constructor(edge: EdgeBench) {
    this.edge = edge
  }

  /** The command `dev` brings simulated providers of language models. */
  static async start(command: 'serve' | 'dev' = 'serve'): Promise<AiBench> {
    return new AiBench(await EdgeBench.start([], command))
  }

  async stop(): Promise<void> {
    await this.edge.stop()
    await Promise.all(this.#servers.map((server) => server.close()))
  }

  /** Starts a server that answers as a model does. */
  async model(answer = completion('Hi')): Promise<RecordingUpstream> {
    const server = await startRecordingUpstream({ answer })
    this.#servers.push(server)
    return server
  }

  /** Makes a Secret `default/name` with the data key Authorization. */
  async secret(name: string, value: string): Promise<void> {
    await this.edge.apply({
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'default' } },
      stringData: { Authorization: value },
    })
  }

  /** Makes the AI Upstream `default/name`, and a VirtualService for `name.test` that leads to it. */
  async serve(name: string, ai: object, options: object = {}): Promise<GlooStatus> {
    await this.edge.apply({
      apiVersion: 'gloo.solo.io/v1',
      kind: 'Upstream',
      metadata: { name, namespace: 'default' },
      spec: { ai },
    })
    const route = { routeAction: { single: { upstream: { name } } }, options }
    return this.edge.serve(name, JSON.stringify({ routes: [route] }))
  }

  /** Serves OpenAI's API at `server`, without a credential of its own. */
  serveOpenAi(name: string, server: RecordingUpstream, options: object): Promise<GlooStatus> {
    return this.serve(name, { openai: { customHost: at(server) } }, { ai: options })
  }

  /** What has arrived at the simulated provider of `host`, oldest first; with the command `dev` only. */
  async arrivals(host: string): Promise<readonly Arrival[]> {
    const [, url] = /\(log: (\S+\/requests)\)/.exec(this.edge.sluice.output()) ?? []
    if (url === undefined) throw new Error('No providers are simulated here.')
    const answer = await fetch(`${url}?host=${host}`)
    return (await answer.json()) as readonly Arrival[]
  }

  ask(
    name: string,
    body: object = question,
    headers: Record<string, string> = {},
  ): Promise<HttpAnswer> {
    return this.edge.call(name, '/chat', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  }
}

/** A `customHost` that is the server. */
export const at = ({ port }: RecordingUpstream, more: object = {}) => ({
  ...{ host: '127.0.0.1', port },
  ...more,
})

/** What the last request held. */
export function lastOf({ requests }: RecordingUpstream): Request & { readonly json: Json } {
  const request = requests.at(-1)
  if (request === undefined) throw new Error('The server got no request.')
  return { ...request, json: JSON.parse(request.body) as Json }
}

/** A request as a simulated provider got it. */
interface Arrival {
  readonly path: string
  readonly body: string
}

interface Json {
  readonly [field: string]: unknown
}
