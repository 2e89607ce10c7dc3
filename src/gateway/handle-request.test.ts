import type { RequestListener } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import type { ForwardAction } from '../ir/route.ts'
import {
  createBackend,
  createEndpoint,
  createForward,
  createIngress,
} from './testing/compiled-parts.ts'
import { type FixtureOptions, GatewayFixture, portOf } from './testing/gateway-fixture.ts'

/** A gateway before one upstream. */
async function start(
  upstream: RequestListener,
  changes: Partial<ForwardAction> = {},
  options: FixtureOptions = {},
): Promise<GatewayFixture> {
  const ingress = createIngress({ type: 'direct-response', status: 200, body: '' } as never)
  const fixture = await new GatewayFixture(ingress, options).listen()
  onTestFinished(() => fixture.close())
  const server = await fixture.upstream(upstream)
  const backend = createBackend([createEndpoint(portOf(server))])
  fixture.ingress = createIngress(createForward(backend, changes))
  return fixture
}

test('a request with a body goes to the upstream and its answer comes back', async () => {
  const gateway = await start((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      response.setHeader('x-from', 'upstream')
      response.end(JSON.stringify({ url: request.url, body, headers: request.headers }))
    })
  })
  for (const body of ['short', 'long'.repeat(50_000)]) {
    const answer = await fetch(`${gateway.url}/a/b?c=d`, { method: 'POST', body })
    const seen = (await answer.json()) as { url: string; body: string; headers: object }
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-from')).toBe('upstream')
    expect(answer.headers.get('server')).toBe('envoy')
    expect(seen.url).toBe('/a/b?c=d')
    expect(seen.body).toBe(body)
    expect(seen.headers).toMatchObject({
      host: `127.0.0.1:${gateway.port}`,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'content-length': String(body.length),
    })
  }
  const record = await gateway.record(2)
  expect(record).toMatchObject({ status: 200, attempts: 1, requestBytes: 200_000 })
})
