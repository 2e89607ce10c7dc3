import { expect, test } from 'vitest'
import { Type } from './type.ts'
import { honoured, ignored } from './verdict.ts'

test('a verdict stands in the schema and leaves optional fields optional', () => {
  const schema = Type.Object({
    path: honoured('a test', Type.Optional(Type.String())),
    name: ignored('a reason', Type.String()),
  })
  expect(JSON.parse(JSON.stringify(schema))).toEqual({
    type: 'object',
    required: ['name'],
    properties: {
      path: { type: 'string', 'x-sluice-verdict': { type: 'honoured', test: 'a test' } },
      name: { type: 'string', 'x-sluice-verdict': { type: 'ignored', reason: 'a reason' } },
    },
  })
})

test('the verdict on a place that a schema is used in is stronger than its own', () => {
  const schema = ignored('nobody looks here', honoured('a test', Type.String()))
  expect(schema['x-sluice-verdict']).toEqual({ type: 'ignored', reason: 'nobody looks here' })
})
