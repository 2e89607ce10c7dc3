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
 * takes, and all are set. In a request that has none it is set in the first.
 */
export function tokenLimitIn(fields: readonly [string, ...string[]]): TokenLimit {
  return {
    get: (json) =>
      fields
        .map((field) => asCount(json[field]))
        .reduce(
          (most, tokens) => (tokens === undefined || (most ?? 0) > tokens ? most : tokens),
          undefined,
        ),
    set: (json, tokens) => {
      const present = fields.filter((field) => json[field] !== undefined && json[field] !== null)
      for (const field of present.length === 0 ? [fields[0]] : present) json[field] = tokens
    },
  }
}

/** The limit stands in an object, under one of several spellings of both names; the first is for requests that have none. */
export function tokenLimitWithin(
  parents: readonly [string, ...string[]],
  limit: TokenLimit,
): TokenLimit {
  const present = (json: Record<string, unknown>) =>
    parents.map((parent) => asRecord(json[parent])).filter((parent) => parent !== undefined)
  return {
    get: (json) =>
      present(json)
        .map(limit.get)
        .find((tokens) => tokens !== undefined),
    set: (json, tokens) => {
      if (present(json).length === 0) json[parents[0]] = {}
      for (const parent of present(json)) limit.set(parent, tokens)
    },
  }
}
