import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'
import { gatewayError } from '../../errors/gateway-error.ts'
import type { ModelProvider } from '../../ir/model-provider.ts'
import type { ForwardAction, ModelCallOptions } from '../../ir/route.ts'
import type { CompiledPolicy } from '../../policies/policy.ts'
import { compileProvider } from '../../providers/index.ts'
import type { CredentialValue } from '../../providers/provider.ts'
import {
  chainOf,
  createBackend,
  createEndpoint,
  createForward,
  createIngress,
} from './compiled-parts.ts'
import { type FixtureOptions, GatewayFixture, portOf } from './gateway-fixture.ts'

/** A request as a provider's stand-in saw it. */
export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface ModelFixtureOptions extends FixtureOptions {
  /** One per endpoint; each later one has the next priority. */
  readonly providers?: readonly ModelProvider[]
  readonly credential?: CredentialValue
  /** One per endpoint, where they differ. */
  readonly credentials?: readonly CredentialValue[]
  readonly modelCalls?: Partial<ModelCallOptions>
  readonly action?: Partial<ForwardAction>
  readonly policies?: readonly CompiledPolicy[]
  /** Set: requests to switch protocols are agreed to with these bytes. */
  readonly switching?: string
  answer?(request: SeenRequest, response: ServerResponse, index: number): void
}

export const openAi: ModelProvider = {
  type: 'openai',
  model: undefined,
  path: undefined,
  credential: { type: 'none' },
}

/** What OpenAI answers, shortened. */
export const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-2024-08-06',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 },
}

/** A gateway whose only route leads to a stand-in for a provider of models; it ends with the test that starts it. */
export class ModelFixture {
  readonly seen: SeenRequest[] = []
  readonly gateway: GatewayFixture

  private constructor(gateway: GatewayFixture) {
    this.gateway = gateway
  }

  static async start(options: ModelFixtureOptions = {}): Promise<ModelFixture> {
    const gateway = new GatewayFixture(
      createIngress({ type: 'direct-response', status: 500, body: '' }),
      options,
    )
    const fixture = new ModelFixture(await gateway.listen())
    onTestFinished(() => gateway.close())
    const server = await gateway.upstream((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => {
        body += chunk
      })
      request.on('end', () => {
        const { method = '', url = '', headers } = request
        const seen = { method, url, headers, body }
        fixture.seen.push(seen)
        if (options.answer) options.answer(seen, response, fixture.seen.length - 1)
        else answerJson(response, completion)
      })
    })
    server.on('upgrade', ({ method = '', url = '', headers }, socket) => {
      fixture.seen.push({ method, url, headers, body: '' })
      socket.end(options.switching)
    })
    const { providers = [openAi], policies = [] } = options
    const endpoints = providers.map((provider, priority) =>
      createEndpoint(portOf(server), { id: `member ${priority}`, priority, provider }),
    )
    const credential = options.credential ?? { type: 'token', token: 'sk-held' }
    const backend = {
      ...createBackend(endpoints),
      providers: providers.map((provider, index) =>
        compiled(provider, options.credentials?.[index] ?? credential),
      ),
    }
    const modelCalls = {
      alwaysStream: false,
      backupModels: [],
      allowUnknownEndpoints: false,
      ...options.modelCalls,
    }
    const chain = chainOf(...policies)
    const forward = createForward(backend, { ...options.action, modelCalls }, chain)
    gateway.ingress = createIngress(forward, chain)
    return fixture
  }

  post(body: unknown, path = '/openai', headers: Record<string, string> = {}): Promise<Response> {
    return fetch(this.gateway.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  }
}

export function answerJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function compiled(provider: ModelProvider, credential: CredentialValue) {
  const result = compileProvider(provider, {
    credential,
    services: {
      unixTimeMs: () => Date.UTC(2026, 10, 20),
      callHost: () => Promise.resolve(gatewayError('backend-not-found', 'no such host')),
    },
  })
  if ('code' in result) throw new Error(result.message)
  return result
}
