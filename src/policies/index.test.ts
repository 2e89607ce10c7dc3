import { expect, test } from 'vitest'
import { defaultPhases, policies } from './index.ts'

test('the default order lists every policy once', () => {
  const types = defaultPhases.filter((phase) => phase in policies)
  expect(types.toSorted()).toEqual(Object.keys(policies).toSorted())
  expect(new Set(defaultPhases).size).toBe(defaultPhases.length)
})

test('every policy is registered under its own type', () => {
  for (const [type, module] of Object.entries(policies)) expect(module.type).toBe(type)
})
