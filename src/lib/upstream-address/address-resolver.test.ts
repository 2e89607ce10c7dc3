import { expect, test } from 'vitest'
import { type LookUpFamily, systemLookUp } from './address-resolver.ts'

type Answer = Error | readonly string[]

/** What becomes of a name for which DNS has these answers, and which families it was asked for. */
function lookUp(ipv4: Answer, ipv6: Answer) {
  const asked: number[] = []
  const ask: LookUpFamily = (_host, { family }, callback) => {
    asked.push(family)
    const answer = family === 4 ? ipv4 : ipv6
    if (answer instanceof Error) callback(answer, [])
    else
      callback(
        null,
        answer.map((address) => ({ address })),
      )
  }
  return new Promise((resolve) => {
    systemLookUp('a.test', (error, addresses) => resolve({ error, addresses, asked }), ask)
  })
}

const noName = new Error('ENOTFOUND')

test('a name with IPv4 addresses leads to these', async () => {
  expect(await lookUp(['192.0.2.1', '192.0.2.2'], ['2001:db8::1'])).toEqual({
    error: null,
    addresses: ['192.0.2.1', '192.0.2.2'],
    asked: [4],
  })
})

test.each([
  ['an error', noName],
  ['nothing', []],
])('a name with %s for IPv4 leads to its IPv6 addresses', async (_name, ipv4) => {
  expect(await lookUp(ipv4, ['2001:db8::1'])).toEqual({
    error: null,
    addresses: ['2001:db8::1'],
    asked: [4, 6],
  })
})

test('a name without any address tells why it has no IPv4 one', async () => {
  const answer = await lookUp(noName, new Error('ENODATA'))
  expect(answer).toEqual({ error: noName, addresses: [], asked: [4, 6] })
})
