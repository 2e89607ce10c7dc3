import { Type as TypeBox } from 'typebox'
import { describe, expect, test } from 'vitest'
import { Type } from './type.ts'

type Maker = Pick<typeof TypeBox, keyof typeof Type>

const make: Record<string, (type: Maker) => object> = {
  'a text with markers': (type) => type.String({ description: 'd', format: 'duration' }),
  'numbers and flags': (type) =>
    type.Object({ a: type.Integer({ minimum: 0 }), b: type.Number(), c: type.Boolean() }),
  'an object with optional and required fields': (type) =>
    type.Object({ a: type.Optional(type.String()), b: type.String() }, { description: 'd' }),
  'an object without required fields': (type) =>
    type.Object({ a: type.Optional(type.Array(type.String(), { maxItems: 3 })) }),
  'an object without fields': (type) => type.Object({}),
  'an optional field made optional again': (type) =>
    type.Object({ a: type.Optional(type.Optional(type.Boolean())) }),
  'a foreign schema': (type) => type.Object({ a: type.Unsafe<unknown>({ 'x-any': true }) }),
  'an optional foreign schema': (type) =>
    type.Object({ a: type.Optional(type.Unsafe<unknown>({ enum: ['a'] })) }),
}

describe('the makers of types', () => {
  test.each(Object.entries(make))('%s is what TypeBox makes of it', (_name, maker) => {
    expect(JSON.stringify(maker(Type))).toBe(JSON.stringify(maker(TypeBox)))
  })

  test('making a type optional leaves the type itself as it is', () => {
    const text = Type.String()
    Type.Optional(text)
    expect(JSON.parse(JSON.stringify(Type.Object({ text })))).toHaveProperty('required', ['text'])
  })
})
