import { expect, test } from 'vitest'
import { AddressResolver, type LookUp } from '../../lib/upstream-address/address-resolver.ts'
import { Connector } from './connector.ts'

const target = {
  ...{ host: 'slow.test', port: 80, connectTimeoutMs: 20 },
  ...{ tcpKeepaliveMs: undefined, http2: false, tls: undefined },
}

test('a name that is not resolved in time fails the connection, once', async () => {
  const answers: Parameters<LookUp>[1][] = []
  const resolver = new AddressResolver(
    (_host, callback) => answers.push(callback),
    () => 0,
  )
  const connector = new Connector(resolver, () => undefined)
  let calls = 0
  const error = await new Promise<Error | null>((resolve) => {
    connector.connect(target, { sessions: { session: undefined } }, (failure) => {
      calls += 1
      resolve(failure)
    })
  })
  expect(error?.message).toContain('DNS resolution of slow.test timed out')
  for (const answer of answers) answer(null, ['127.0.0.1'])
  answers[0]?.(new Error('too late'), [])
  expect(calls).toBe(1)
})

test('a name that leads nowhere now is told from one that cannot be looked up', async () => {
  const resolver = new AddressResolver(
    (_host, callback) => callback(new Error('ENOTFOUND'), []),
    () => 0,
  )
  const emptyReason = 'Service api in namespace shop has no ready endpoints for port 80'
  resolver.setOverrides([
    { host: 'api.shop.svc', port: 80, targets: [], emptyReason, trusted: false },
  ])
  const connector = new Connector(resolver, () => undefined)
  const failureAt = (host: string) =>
    new Promise<unknown>((resolve) => {
      const parts = { sessions: { session: undefined } }
      connector.connect({ ...target, host }, parts, (error) => resolve(error))
    })
  expect(await failureAt('api.shop.svc')).toMatchObject({
    gatewayError: {
      code: 'upstream-without-endpoints',
      message: `no healthy upstream: ${emptyReason}`,
    },
  })
  expect(await failureAt('gone.test')).toMatchObject({
    gatewayError: { code: 'upstream-connect-failure' },
    message: expect.stringContaining('DNS resolution of gone.test failed'),
  })
})

test('a name that fits a pattern leads where the pattern does, unless it is named itself', async () => {
  const resolver = new AddressResolver(
    (_host, callback) => callback(null, ['192.0.2.1']),
    () => 0,
  )
  const override = (host: string, address: string) => ({
    ...{ host, port: 443, trusted: true, targets: [{ address, port: undefined }] },
  })
  resolver.setOverrides([
    override('*.openai.azure.com', '127.0.0.2'),
    override('mine.openai.azure.com', '127.0.0.3'),
  ])
  const addressOf = (host: string, port: number) =>
    new Promise((resolve) => {
      resolver.resolve(host, port, (_error, found) => resolve(found?.address))
    })
  expect(await addressOf('other.openai.azure.com', 443)).toBe('127.0.0.2')
  expect(await addressOf('Mine.OpenAI.azure.com', 443)).toBe('127.0.0.3')
  expect(await addressOf('other.openai.azure.com', 80)).toBe('192.0.2.1')
  expect(await addressOf('a.b.openai.azure.com', 443)).toBe('192.0.2.1')
})
