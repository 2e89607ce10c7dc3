import type { Static, TObject, TOptional, TSchema } from 'typebox'
import type { StructuralSchema } from '../kube/structural-schema.ts'
import { Type } from './type.ts'

/** Makers of schema parts. What they make are structural schemas of Kubernetes and TypeBox types at once. */

type Fields<Properties, Required extends keyof Properties> = {
  [Key in keyof Properties]: Key extends Required
    ? Properties[Key]
    : Properties[Key] extends TSchema
      ? TOptional<Properties[Key]>
      : never
}

type Markers = Omit<
  StructuralSchema,
  'type' | 'properties' | 'items' | 'description' | 'exclusiveMinimum' | 'exclusiveMaximum'
>

/** An object with the given fields; those not listed in `required` are optional. */
export function object<
  Properties extends Record<string, TSchema>,
  Required extends keyof Properties & string = never,
>(
  description: string,
  properties: Properties,
  required: readonly Required[] = [],
  markers: Markers = {},
): TObject<Fields<Properties, Required>> {
  const entries = Object.entries(properties).map(([name, schema]) => [
    name,
    (required as readonly string[]).includes(name) ? schema : Type.Optional(schema),
  ])
  return Type.Object(Object.fromEntries(entries) as Fields<Properties, Required>, {
    description,
    ...markers,
  }) as TObject<Fields<Properties, Required>>
}

/** TypeBox keeps its markers in hidden properties, which a spread would lose. */
const copyOf = <Schema extends object>(schema: Schema): Schema =>
  Object.defineProperties({}, Object.getOwnPropertyDescriptors(schema)) as Schema

/** An object's schema with what `kubectl explain` says of its fields. */
export function describeFields<Properties extends Record<string, TSchema>>(
  schema: TObject<Properties>,
  texts: { readonly [Name in keyof Properties]?: string },
): TObject<Properties> {
  const properties = Object.entries(schema.properties).map(([name, field]) => {
    const description = texts[name]
    return [name, description === undefined ? field : Object.assign(copyOf(field), { description })]
  })
  return Object.assign(copyOf(schema), {
    properties: Object.fromEntries(properties) as Properties,
  })
}

export const text = (description: string, markers: Markers = {}) =>
  Type.String({ description, ...markers })

export const flag = (description: string) => Type.Boolean({ description })

/** An integer of at least 0. */
export const count = (description: string, markers: Markers = {}) =>
  Type.Integer({ description, minimum: 0, ...markers })

export const integer = (description: string, markers: Markers = {}) =>
  Type.Integer({ description, ...markers })

export const decimal = (description: string, markers: Markers = {}) =>
  Type.Number({ description, ...markers })

/** A duration such as `15s` or `1m30s`. */
export const duration = (description: string) => Type.String({ description, format: 'duration' })

/** One of the names; the protobuf number of each is its index. */
export const choice = <const Name extends string>(description: string, names: readonly Name[]) =>
  Type.Unsafe<Name>({ type: 'string', description, enum: names })

export const list = <Item extends TSchema>(
  description: string,
  item: Item,
  markers: Markers = {},
) => Type.Array(item, { description, ...markers })

/** A map with free keys. */
export const map = <Value extends TSchema>(
  description: string,
  value: Value,
  markers: Markers = {},
) =>
  Type.Unsafe<Record<string, Static<Value>>>({
    type: 'object',
    description,
    additionalProperties: value,
    ...markers,
  })

/** An object whose inside is kept as it is. */
export const free = (description: string) =>
  Type.Unsafe<Record<string, unknown>>({
    type: 'object',
    description,
    'x-kubernetes-preserve-unknown-fields': true,
  })

/** Any value, kept as it is. */
export const anything = (description: string) =>
  Type.Unsafe<unknown>({ description, 'x-kubernetes-preserve-unknown-fields': true })

/** A number or a text. */
export const integerOrText = (description: string) =>
  Type.Unsafe<number | string>({ description, 'x-kubernetes-int-or-string': true })

/** The same schema as the Kubernetes API reads it. */
export const structural = (schema: TSchema) => schema as StructuralSchema
