import { once } from 'node:events'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { openCertificateAuthority } from '../../lib/certificates/certificate-authority.ts'
import { createSimulator, type Simulator, type SimulatorOptions } from '../simulator.ts'

/** The clock of every simulator under test. */
export const testTimeMs = Date.UTC(2026, 10, 20, 12)

const authority = openCertificateAuthority({ now: Date.now })

/** A simulator with a fixed clock on free ports. */
export function startTestSimulator(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  return createSimulator({ authority, now: () => testTimeMs, ...options })
}

/** PEM that clients of test simulators trust. */
export const testAuthority = authority.certificate

/** A call that OpenAI's stand-in answers. */
export const chatCall = {
  host: 'api.openai.com',
  path: '/v1/chat/completions',
  body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'What is a gateway?' }] },
}

export interface Call {
  readonly host: string
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a string as it is. */
  readonly body?: unknown
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Sends a call with a credential under the provider's host name and answers its head. */
export async function open(simulator: Simulator, call: Call): Promise<IncomingMessage> {
  const { host, method = 'POST', path, body } = call
  const sent = request({
    ...{ host: simulator.address, port: simulator.port, servername: host, ca: testAuthority },
    ...{ method, path, agent: false },
    headers: {
      host,
      'content-type': 'application/json',
      authorization: 'Bearer test-key-0123456789',
      ...call.headers,
    },
  })
  sent.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return response
}

/** Sends a call and reads the whole answer. */
export async function send(simulator: Simulator, call: Call): Promise<Reply> {
  const response = await open(simulator, call)
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: await text(response),
  }
}

/** The JSON values of an event stream, without its end mark. */
export function eventsOf(streamText: string): Record<string, unknown>[] {
  return streamText
    .split('\n\n')
    .filter((event) => event !== '' && event !== 'data: [DONE]')
    .map((event) => JSON.parse(event.replace(/^data: ?/, '')) as Record<string, unknown>)
}
