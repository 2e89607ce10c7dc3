import { asCount, asRecord } from '../json-value.ts'

type Json = Record<string, unknown>

/** Where a request says how many tokens the answer may have. */
export interface TokenLimit {
  get(json: Json): number | undefined
  /** False: it was so already. */
  set(json: Json, tokens: number): boolean
}

/** For formats whose answers have no tokens of output. */
export const noTokenLimit: TokenLimit = { get: () => 0, set: () => false }

/**
 * The limit stands in `fields`; where the request has several of them, the largest counts, as it is not known which one a provider
 * takes, and all are set. In a request that has none it is set in the first. One that is no count, which some provider may
 * read all the same, is none and makes the others none. `otherFields`, which the API does not know, are taken out.
 */
export function tokenLimitIn(
  fields: readonly [string, ...string[]],
  otherFields: readonly string[] = [],
): TokenLimit {
  const others = otherFields.filter((field) => !fields.includes(field))
  const presentIn = (json: Json) =>
    fields.filter((field) => json[field] !== undefined && json[field] !== null)
  const get = (json: Json) => largest(presentIn(json).map((field) => asCount(json[field])))
  return {
    get,
    set(json, tokens) {
      const dropped = others.filter((field) => json[field] !== undefined)
      for (const field of dropped) delete json[field]
      if (get(json) === tokens) return dropped.length > 0
      const present = presentIn(json)
      for (const field of present.length === 0 ? [fields[0]] : present) json[field] = tokens
      return true
    },
  }
}

/** Undefined when one of them is, or there is none. */
function largest(limits: readonly (number | undefined)[]): number | undefined {
  const known = limits.filter((tokens) => tokens !== undefined)
  return known.length === 0 || known.length < limits.length ? undefined : Math.max(...known)
}

/** The limit stands in an object, under one of several spellings of both names; the first is for requests that have none. */
export function tokenLimitWithin(
  parents: readonly [string, ...string[]],
  limit: TokenLimit,
): TokenLimit {
  const present = (json: Json) =>
    parents.map((parent) => asRecord(json[parent])).filter((parent) => parent !== undefined)
  return {
    get: (json) => largest(present(json).map(limit.get)),
    set(json, tokens) {
      if (present(json).length === 0) json[parents[0]] = {}
      return present(json)
        .map((parent) => limit.set(parent, tokens))
        .includes(true)
    },
  }
}

/** What servers that speak like OpenAI call the limit of an answer, most of them only some of it, and some one above the others. */
const limitFields = [
  ...['max_completion_tokens', 'max_tokens', 'max_output_tokens', 'max_new_tokens'],
  ...['n_predict', 'num_predict'],
]

/**
 * Why no limit of an API of OpenAI's kind holds: some proxies put this field over the body that they send on, its limit and the number
 * of answers included.
 */
export function findOverlaidLimit({ extra_body: overlay }: Json): string | undefined {
  const field = Object.keys(asRecord(overlay) ?? {}).find(
    (key) => limitFields.includes(key) || key === 'n' || key === 'best_of',
  )
  return field && `extra_body.${field} may stand above the limit of the answer`
}

/** The limit of an API of OpenAI's kind, in one of `fields`. */
export const openAiLimit = (...fields: readonly [string, ...string[]]): TokenLimit =>
  tokenLimitIn(fields, limitFields)

/** A copy in which the limit of a chat stands in `field` alone. */
export function withLimitIn(json: Json, field: string): Json {
  const limit = tokenLimitIn(['max_completion_tokens', 'max_tokens']).get(json)
  const rest = Object.fromEntries(
    Object.entries(json).filter(([key]) => !limitFields.includes(key)),
  )
  return { ...rest, ...(limit !== undefined && { [field]: limit }) }
}
