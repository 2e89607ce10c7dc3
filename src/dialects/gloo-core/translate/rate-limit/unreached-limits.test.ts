import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { RawRateLimits } from '../../kinds/rate-limit/limit-spec.ts'
import { findUnreachedLimits } from './unreached-limits.ts'

const limit = '{ unit: HOUR, requestsPerUnit: 1 }'
const find = (yaml: string) => findUnreachedLimits(parse(yaml) as RawRateLimits)

test.each([
  ['{ genericKey: { descriptorValue: a } }', 'generic_key', 'a'],
  ['{ genericKey: { descriptorValue: a } }', 'generic_key', ''],
  ['{ headerValueMatch: { descriptorValue: a } }', 'header_match', 'a'],
  ['{ requestHeaders: { headerName: x-user, descriptorKey: user } }', 'user', 'ann'],
  ['{ metadata: { descriptorKey: user } }', 'user', ''],
  ['{ remoteAddress: {} }', 'remote_address', '10.0.0.1'],
  ['{ sourceCluster: {} }', 'source_cluster', 'gateway'],
  ['{ destinationCluster: {} }', 'destination_cluster', 'any_ns'],
])('%s reaches %s=%s', (action, key, value) => {
  const descriptor = `{ key: ${key}, value: '${value}', rateLimit: ${limit} }`
  expect(find(`{ descriptors: [${descriptor}], rateLimits: [{ actions: [${action}] }] }`)).toEqual(
    [],
  )
})

test('a limit is told of whose keys, values or number of keys no actions make', () => {
  expect(
    find(`
descriptors:
- { key: generic_key, value: b, rateLimit: ${limit} }
- { key: user, rateLimit: ${limit}, descriptors: [{ key: generic_key, rateLimit: ${limit} }] }
- { key: org, descriptors: [{ key: user, rateLimit: ${limit} }] }
rateLimits:
- actions: [{ genericKey: { descriptorValue: a } }]
- actions: [{ metadata: { descriptorKey: user } }, { genericKey: { descriptorValue: a } }]`),
  ).toEqual([
    'raw.descriptors[0] limits nothing: no actions of rateLimits make (generic_key=b); they make (generic_key=a) and (user, generic_key=a)',
    'raw.descriptors[1] limits nothing: no actions of rateLimits make (user); they make (generic_key=a) and (user, generic_key=a)',
    'raw.descriptors[2].descriptors[0] limits nothing: no actions of rateLimits make (org, user); they make (generic_key=a) and (user, generic_key=a)',
  ])
})

test('a limit is told of that another one stands in for', () => {
  const first = `{ key: user, value: a, rateLimit: ${limit} }`
  const rateLimits = '[{ actions: [{ metadata: { descriptorKey: user } }] }]'
  expect(find(`{ descriptors: [${first}, ${first}], rateLimits: ${rateLimits} }`)).toEqual([
    'raw.descriptors[1] limits nothing: raw.descriptors[0] is for the same',
  ])
})

test('a set is told of whose entries no actions make together', () => {
  const sets = (keys: string) => `
setDescriptors: [{ simpleDescriptors: [${keys}], rateLimit: ${limit} }]
rateLimits:
- setActions: [{ genericKey: { descriptorValue: a } }, { metadata: { descriptorKey: user } }]`
  expect(find(sets('{ key: user }, { key: generic_key, value: a }'))).toEqual([])
  expect(find(sets(''))).toEqual([])
  expect(find(sets('{ key: user }, { key: org }'))).toEqual([
    'raw.setDescriptors[0] limits nothing: no setActions of rateLimits make (user, org); they make (generic_key=a, user)',
  ])
  expect(find(`{ setDescriptors: [{ rateLimit: ${limit} }] }`)).toEqual([
    'raw.setDescriptors[0] limits nothing: no setActions of rateLimits make (); there are none',
  ])
})
