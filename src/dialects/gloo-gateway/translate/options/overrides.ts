import { RouteOptions } from '../../../gloo-core/kinds/options/route-options.ts'
import { overridesAnnotation } from '../../names.ts'

/** Stands for every field. */
export const anyField = '*'

/** Names of sets of fields of which only one is set. */
const fieldSets: Readonly<Record<string, readonly string[]>> = {
  hostrewritetype: ['hostrewrite', 'autohostrewrite', 'hostrewritepathregex', 'hostrewriteheader'],
  ratelimitconfigtype: ['ratelimit', 'ratelimitconfigs'],
  ratelimitearlyconfigtype: ['ratelimitearly', 'ratelimitearlyconfigs'],
  ratelimitregularconfigtype: ['ratelimitregular', 'ratelimitregularconfigs'],
  jwtconfig: ['jwt', 'jwtstaged', 'jwtprovidersstaged'],
}

const knownFields: ReadonlySet<string> = new Set([
  anyField,
  ...Object.keys(RouteOptions.properties).map((field) => field.toLowerCase()),
])

/** What an annotation lets children set anew. */
export interface Overrides {
  /** Every field, or the names of some, in lower case. */
  readonly fields: readonly string[]
  /** What is wrong with the annotation; undefined: nothing. */
  readonly problem: string | undefined
}

const none: Overrides = { fields: [], problem: undefined }

/** Reads the annotation of a route: every field of RouteOptions, or a list, in whatever case. */
export function readOverrides(annotation: string | undefined): Overrides {
  if (annotation === undefined) return none
  const names = annotation.split(',').map((name) => name.trim().toLowerCase())
  const fields = names.flatMap((name) => fieldSets[name] ?? [name])
  const unknown = fields.filter((field) => !knownFields.has(field))
  const problem = `the annotation ${overridesAnnotation} must be "${anyField}" or a list of fields of RouteOptions with commas between them; without effect: '${unknown.join("', '")}'`
  return { fields, problem: unknown.length === 0 ? undefined : problem }
}
