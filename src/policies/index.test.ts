import { expect, test } from 'vitest'
import { defaultPhases, policies } from './index.ts'

test('the default order lists every policy once', () => {
  expect(defaultPhases.toSorted()).toEqual(Object.keys(policies).toSorted())
})

test('every policy is registered under its own type', () => {
  for (const [type, module] of Object.entries(policies)) expect(module.type).toBe(type)
})
