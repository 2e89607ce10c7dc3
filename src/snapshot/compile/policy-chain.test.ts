import { expect, test } from 'vitest'
import type { CompiledPolicy } from '../../policies/policy.ts'
import { createPolicyChain } from './policy-chain.ts'

const named = new WeakMap<CompiledPolicy, string>()

function policy(name: string, parts: CompiledPolicy): CompiledPolicy {
  named.set(parts, name)
  return parts
}

const names = (policies: readonly CompiledPolicy[]) => policies.map((each) => named.get(each))
const mutation = (name: string) =>
  policy(name, {
    type: 'header-mutation',
    onAttempt: () => undefined,
    onResponseHead: () => undefined,
  })
const cors = policy('cors', {
  type: 'cors',
  onRequestHead: () => undefined,
  onResponseHead: () => undefined,
})
const body = (name: string, requestBodyLimitBytes: number) =>
  policy(name, { type: 'cors', requestBodyLimitBytes, onRequestBody: () => undefined })
const fault = policy('fault', { type: 'fault-injection', onRequestHead: () => undefined })
const levels = [mutation('destination'), mutation('route'), mutation('virtual host')]

test('request hooks stand in the order of the phases, whatever the order of the route', () => {
  const chain = createPolicyChain([...levels, cors, fault], false)
  expect(names(chain.onRequestHead)).toEqual(['fault', 'cors'])
})

test('response hooks run the phases in reverse and the levels of header mutations in order', () => {
  const chain = createPolicyChain([cors, ...levels, fault], false)
  expect(names(chain.onAttempt)).toEqual(['destination', 'route', 'virtual host'])
  expect(names(chain.onResponseHead)).toEqual(['destination', 'route', 'virtual host', 'cors'])
})

test('the most specific level is applied last where the listener asks for it', () => {
  const chain = createPolicyChain([cors, ...levels], true)
  expect(names(chain.onAttempt)).toEqual(['virtual host', 'route', 'destination'])
  expect(names(chain.onResponseHead)).toEqual(['virtual host', 'route', 'destination', 'cors'])
})

test('the smallest body limit holds, and without a reader there is none', () => {
  const chain = createPolicyChain([body('large', 2000), body('small', 1000)], false)
  expect(chain.requestBodyLimitBytes).toBe(1000)
  expect(names(chain.onRequestBody)).toEqual(['large', 'small'])
  expect(createPolicyChain([cors], false).requestBodyLimitBytes).toBeUndefined()
})
