import type { Type as TypeBox } from 'typebox'

/** What stands behind TypeBox's types: plain JSON Schema, and marks that no listing of keys shows. */
type Made = Record<string, unknown>

/** A property that TypeBox's types speak of and that no JSON shows, as `Static` asks for it. */
const optionalMark = '~optional'

function markOptional(schema: object): Made {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(schema)) as Made
  return Object.defineProperty(copy, optionalMark, { value: true })
}

function makeObject(properties: Readonly<Record<string, object>>, markers: object = {}): Made {
  const required = Object.keys(properties).filter((name) => {
    const schema = properties[name]
    return schema !== undefined && !Object.hasOwn(schema, optionalMark)
  })
  return {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    properties,
    ...markers,
  }
}

const makers = {
  Array: (items: object, markers: object = {}): Made => ({ type: 'array', items, ...markers }),
  Boolean: (markers: object = {}): Made => ({ type: 'boolean', ...markers }),
  Integer: (markers: object = {}): Made => ({ type: 'integer', ...markers }),
  Number: (markers: object = {}): Made => ({ type: 'number', ...markers }),
  Object: makeObject,
  Optional: markOptional,
  String: (markers: object = {}): Made => ({ type: 'string', ...markers }),
  Unsafe: (schema: object): Made => ({ ...schema }),
}

/**
 * TypeBox's makers of types, as far as schemas use them, with TypeBox's own types. Loading TypeBox itself takes
 * 75 ms of every start (373 modules), and what it would make is the same.
 */
export const Type = makers as unknown as Pick<typeof TypeBox, keyof typeof makers>
