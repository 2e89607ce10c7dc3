import type { FieldVerdict } from '../kube/structural-schema.ts'

type Annotated<Schema> = Schema & { 'x-sluice-verdict': FieldVerdict }

/** TypeBox keeps its markers in hidden properties, which a spread would lose. */
const annotate = <Schema extends object>(schema: Schema, verdict: FieldVerdict) => {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(schema)) as Schema
  return Object.assign(copy, { 'x-sluice-verdict': verdict }) as Annotated<Schema>
}

/** Sluice acts on the field, and the behaviour test named `test` shows it. */
export const honoured = <Schema extends object>(test: string, schema: Schema) =>
  annotate(schema, { type: 'honoured', test })

/** Sluice does something close to what the field says: `how`; nobody is warned of the values in `quiet`. */
export const approximated = <Schema extends object>(
  how: string,
  test: string,
  schema: Schema,
  quiet?: readonly unknown[],
) => annotate(schema, { type: 'approximated', how, test, ...(quiet && { quiet }) })

/** Sluice does not act on the field, nor on what is inside it, for `reason`. */
export const ignored = <Schema extends object>(reason: string, schema: Schema) =>
  annotate(schema, { type: 'ignored', reason })

/** Nobody acts on the field, by its nature: a name, a description, a label of a UI. */
export const informational = <Schema extends object>(schema: Schema) =>
  annotate(schema, { type: 'informational' })
