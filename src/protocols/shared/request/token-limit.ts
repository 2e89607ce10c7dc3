import { asCount, asRecord } from '../json-value.ts'

/** Where a request says how many tokens the answer may have. */
export interface TokenLimit {
  get(json: Record<string, unknown>): number | undefined
  set(json: Record<string, unknown>, tokens: number): void
}

/** For formats whose answers have no tokens of output. */
export const noTokenLimit: TokenLimit = { get: () => 0, set: () => {} }

/**
 * The limit stands in `fields`; where the request has several of them, the largest counts, as it is not known which one a provider
 * takes, and all are set. In a request that has none it is set in the first. One that is no count, which some provider may
 * read all the same, is none and makes the others none.
 */
export function tokenLimitIn(fields: readonly [string, ...string[]]): TokenLimit {
  const presentIn = (json: Record<string, unknown>) =>
    fields.filter((field) => json[field] !== undefined && json[field] !== null)
  return {
    get: (json) => largest(presentIn(json).map((field) => asCount(json[field]))),
    set: (json, tokens) => {
      const present = presentIn(json)
      for (const field of present.length === 0 ? [fields[0]] : present) json[field] = tokens
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
  const present = (json: Record<string, unknown>) =>
    parents.map((parent) => asRecord(json[parent])).filter((parent) => parent !== undefined)
  return {
    get: (json) => largest(present(json).map(limit.get)),
    set: (json, tokens) => {
      if (present(json).length === 0) json[parents[0]] = {}
      for (const parent of present(json)) limit.set(parent, tokens)
    },
  }
}

/** What servers that speak like OpenAI call the limit of a chat, most of them only some of it. */
const chatLimits: ReadonlySet<string> = new Set([
  ...['max_completion_tokens', 'max_tokens', 'max_new_tokens', 'n_predict', 'num_predict'],
])

/** A copy in which the limit of a chat stands in `field` alone. */
export function withLimitIn(json: Record<string, unknown>, field: string): Record<string, unknown> {
  const limit = tokenLimitIn(['max_completion_tokens', 'max_tokens']).get(json)
  const rest = Object.fromEntries(Object.entries(json).filter(([key]) => !chatLimits.has(key)))
  return { ...rest, ...(limit !== undefined && { [field]: limit }) }
}
