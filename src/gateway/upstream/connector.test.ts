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
