import { expect, test } from 'vitest'
import { emptyConfiguration } from '../../dialects/empty-configuration.ts'
import type { Backend } from '../../ir/backend.ts'
import type { Configuration } from '../../ir/configuration.ts'
import type { Jwt } from '../../ir/policies/jwt.ts'
import type { DownMessage } from '../../link/messages.ts'
import { createBackend, createEndpoint } from '../testing/backend-nodes.ts'
import { TestClock } from '../testing/test-clock.ts'
import { KeySetRefresher } from './key-set-refresher.ts'

const backend = createBackend('idp', [createEndpoint('one'), createEndpoint('two')], [])
const url = 'http://idp.example/jwks'

const policy = (id: string, refreshMs: number): Jwt => ({
  ...{ type: 'jwt', id, origin: backend.origin, otherwise: 'refuse', metadataNamespace: undefined },
  providers: [
    {
      ...{ name: 'p', issuer: undefined, audiences: [], keepToken: false, clockSkewSeconds: 60 },
      ...{ tokenHeaders: [], tokenQueryParameters: [], claimsToHeaders: [] },
      keys: { type: 'remote', keySetId: 'k', url, backendId: 'idp', refreshMs },
    },
  ],
})

const configurationWith = (policies: readonly Jwt[], idp: Backend = backend): Configuration => ({
  ...emptyConfiguration,
  backends: new Map([['idp', idp]]),
  policies: new Map(policies.map((each) => [each.id, each])),
})

function start() {
  const clock = new TestClock()
  const published: DownMessage[] = []
  const lines: string[] = []
  const asked: string[] = []
  const answers: (string | Error)[] = []
  const refresher = new KeySetRefresher({
    clock,
    publish: (message) => published.push(message),
    say: (line) => lines.push(line),
    fetch(source) {
      asked.push(source.endpoint.id)
      const answer = answers.shift() ?? new Error('nothing is there')
      if (typeof answer === 'string') return Promise.resolve([{ kty: 'RSA', n: answer }])
      return Promise.reject(answer)
    },
  })
  const keySets = (n: string | undefined) => ({
    type: 'key-sets',
    keySets: [{ id: 'k', keys: n === undefined ? undefined : [{ kty: 'RSA', n }] }],
  })
  return { clock, published, lines, asked, answers, refresher, keySets }
}

test('a set is fetched once for all who need it, and told when it changes', async () => {
  const { clock, published, asked, answers, refresher, keySets } = start()
  answers.push('a', 'a', 'b')
  refresher.update(configurationWith([policy('one', 5000), policy('two', 3000)]))
  await clock.settle()
  expect(asked).toEqual(['one'])
  expect(published).toEqual([keySets('a')])
  expect(refresher.message()).toEqual(keySets('a'))
  refresher.update(configurationWith([policy('one', 5000), policy('two', 3000)]))
  clock.advance(2999)
  await clock.settle()
  expect(asked).toHaveLength(1)
  clock.advance(1)
  await clock.settle()
  expect(asked).toEqual(['one', 'two'])
  expect(published).toHaveLength(1)
  clock.advance(3000)
  await clock.settle()
  expect(published.at(-1)).toEqual(keySets('b'))
})

test('keys stay while they cannot be fetched, and what failed is tried again ever more rarely', async () => {
  const { clock, published, lines, asked, answers, refresher, keySets } = start()
  answers.push('a')
  refresher.update(configurationWith([policy('one', 1000)]))
  await clock.settle()
  for (const [index, delayMs] of [1000, 1000, 2000, 4000].entries()) {
    clock.advance(delayMs - 1)
    await clock.settle()
    expect(asked).toHaveLength(index + 1)
    clock.advance(1)
    await clock.settle()
    expect(asked).toHaveLength(index + 2)
  }
  expect(lines).toEqual([`JWKS ${url}: nothing is there; the keys before it stay`])
  expect(refresher.message()).toEqual(keySets('a'))
  answers.push('a')
  clock.advance(8000)
  await clock.settle()
  expect(lines.at(-1)).toBe(`JWKS ${url}: it is fetched again`)
  expect(published).toHaveLength(1)
})

test('a set that nobody needs any more is dropped', async () => {
  const { clock, published, asked, answers, refresher, keySets } = start()
  answers.push('a')
  refresher.update(configurationWith([policy('one', 1000)]))
  await clock.settle()
  refresher.update(configurationWith([]))
  expect(published.at(-1)).toEqual(keySets(undefined))
  expect(refresher.message()).toEqual({ type: 'key-sets', keySets: [] })
  clock.advance(100_000)
  await clock.settle()
  expect(asked).toHaveLength(1)
})

test('an upstream that changes is asked at once', async () => {
  const { clock, lines, asked, refresher } = start()
  refresher.update(configurationWith([policy('one', 1000)], createBackend('idp', [], [])))
  await clock.settle()
  expect(lines).toEqual([`JWKS ${url}: idp has no endpoint; tokens are refused until it is there`])
  refresher.update(configurationWith([policy('one', 1000)]))
  await clock.settle()
  expect(asked).toHaveLength(1)
})
