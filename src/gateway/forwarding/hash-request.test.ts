import { expect, test } from 'vitest'
import type { HashPolicy } from '../../ir/route.ts'
import {
  createBackend,
  createEndpoint,
  createForward,
  createIngress,
} from '../testing/compiled-parts.ts'
import { type GatewayFixture, portOf, startGateway } from '../testing/gateway-fixture.ts'

/** A gateway that hashes over three upstreams, each of which answers with its own number. */
async function start(...hashPolicies: readonly HashPolicy[]): Promise<GatewayFixture> {
  const gateway = await startGateway([1])
  const ports: number[] = []
  for (const number of ['0', '1', '2']) {
    ports.push(portOf(await gateway.upstream((_request, response) => response.end(number))))
  }
  const backend = createBackend(
    ports.map((port) => createEndpoint(port)),
    { loadBalancer: { type: 'maglev' } },
  )
  gateway.ingress = createIngress(createForward(backend, { hashPolicies }))
  return gateway
}

async function answersOf(
  gateway: GatewayFixture,
  headers: (index: number) => Record<string, string>,
): Promise<Set<string>> {
  const answers = new Set<string>()
  for (let index = 0; index < 12; index += 1) {
    answers.add(await (await fetch(gateway.url, { headers: headers(index) })).text())
  }
  return answers
}

test('the same header value leads to the same endpoint, other values to others', async () => {
  const gateway = await start({ type: 'header', name: 'x-user', terminal: false })
  expect(await answersOf(gateway, () => ({ 'x-user': 'one' }))).toHaveProperty('size', 1)
  expect((await answersOf(gateway, (index) => ({ 'x-user': `${index}` }))).size).toBeGreaterThan(1)
})

test('a terminal policy that found something ends the list', async () => {
  const gateway = await start(
    { type: 'header', name: 'x-user', terminal: true },
    { type: 'header', name: 'x-other', terminal: false },
  )
  const headers = (index: number) => ({ 'x-user': 'one', 'x-other': String(index) })
  expect(await answersOf(gateway, headers)).toHaveProperty('size', 1)
})

test('the address of the client is hashed', async () => {
  const gateway = await start({ type: 'source-ip', terminal: false })
  expect(await answersOf(gateway, () => ({}))).toHaveProperty('size', 1)
})

test('a missing cookie is issued and leads back to the endpoint that answered', async () => {
  const gateway = await start({
    type: 'cookie',
    name: 'sticky',
    path: '/',
    ttlMs: 60_000,
    terminal: false,
  })
  const first = await fetch(gateway.url)
  const cookie = first.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^sticky="[0-9a-f]{8}"; Max-Age=60; Path=\/; HttpOnly$/)
  const sent = { cookie: `a=b; ${cookie.split(';')[0]}` }
  const answers = await answersOf(gateway, () => sent)
  expect(answers).toEqual(new Set([await first.text()]))
  expect((await fetch(gateway.url, { headers: sent })).headers.get('set-cookie')).toBeNull()
})
