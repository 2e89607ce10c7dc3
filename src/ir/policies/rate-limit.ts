import type { Origin } from '../origin.ts'

/** Counts requests, or what calls to language models use, in fixed windows and refuses those above a limit. */
export interface RateLimit {
  readonly type: 'rate-limit'
  readonly id: string
  readonly origin: Origin
  /** `early`: before it is known who calls. */
  readonly stage: 'early' | 'regular'
  readonly rules: readonly RateLimitRules[]
  /** True: requests that cannot be counted are refused. */
  readonly denyOnFailure: boolean
  /** True: answers say in `x-ratelimit-*` headers what is left. */
  readonly responseHeaders: boolean
}

/** Limits and the requests that they hold for. */
export interface RateLimitRules {
  readonly origin: Origin
  /** Rules with the same scope share their counters. */
  readonly counterScope: string
  /** Limits by an ordered list of entries. */
  readonly tree: readonly LimitNode[]
  /** Limits by a set of entries: the first that holds counts, others only when they always apply. */
  readonly sets: readonly LimitSet[]
  readonly lookups: readonly LimitLookup[]
  readonly counting: LimitCounting
}

/** What limits count, and when. */
export interface LimitCounting {
  readonly unit: LimitUnit
  /**
   * True: the most that a call can use is set aside before it runs and settled after it, so that calls at the same time never exceed
   * a limit together; a call for which too little is left is refused and counts nothing. False: input is counted before a
   * call runs, also of refused ones, and the rest after it; calls are refused when the limit is used up.
   */
  readonly reserve: boolean
  /** For calls that do not say how long their answer may be: what is set aside for it, and told the provider. At least 1. */
  readonly defaultOutputTokens: number
  /** Where something is set aside: no answer is longer, whatever its client allows; the provider is told. Left out: the client's word. */
  readonly mostOutputTokens?: number
  /**
   * How many tokens a picture, a sound or a file counts. Left out: where what goes in is counted before the call, a call with any of
   * them is refused.
   */
  readonly attachmentTokens?: number
  /** What is set aside for input beside output, in multiples of what was counted: providers may cut texts finer. Left out: 1. */
  readonly inputFactor?: number
  /**
   * `counted`: of a stream that breaks off what has come of it counts. Left out: what was set aside for it does, as the provider has not
   * said what it bills.
   */
  readonly cutStreams?: 'counted'
  /** For `cost`: the first that fits the model counts, and a call to a model that none fits is refused. */
  readonly prices: readonly ModelPrice[]
}

/**
 * `requests-or-input-tokens`: tokens of what a request sends to a language model, and requests where it goes elsewhere. Units of tokens
 * and `cost` count nothing where it goes elsewhere. `cost` is counted in hundredths of the currency of the prices.
 */
export type LimitUnit =
  | 'requests'
  | 'requests-or-input-tokens'
  | 'input-tokens'
  | 'output-tokens'
  | 'total-tokens'
  | 'cost'

/** What a model's tokens cost, in a currency that all prices share. */
export interface ModelPrice {
  /** The model's name; with a `*` at its end: all names that begin so. */
  readonly model: string
  readonly perMillionInputTokens: number
  readonly perMillionOutputTokens: number
}

/** A limit for one window. */
export interface RequestLimit {
  /** Requests, or what the rules count in their place; 0 refuses everything. */
  readonly requests: number
  readonly window: 'second' | 'minute' | 'hour' | 'day'
}

/** One entry of an ordered descriptor. It holds a descriptor that ends with it to its limit. */
export interface LimitNode {
  readonly key: string
  /** Undefined: any value that no sibling names, each with counters of its own. */
  readonly value: string | undefined
  readonly limit: RequestLimit | undefined
  /** Of all limits that hold for a request only those of the highest weight count. */
  readonly weight: number
  /** Counts whatever the weights of others. */
  readonly alwaysApply: boolean
  readonly children: readonly LimitNode[]
}

/** A limit for descriptors with all of these entries, in any order. */
export interface LimitSet {
  readonly entries: readonly { readonly key: string; readonly value: string | undefined }[]
  readonly limit: RequestLimit | undefined
  readonly alwaysApply: boolean
}

/** How descriptors are made of a request. Without a value for one of its entries a descriptor is not looked up. */
export interface LimitLookup {
  /** Looked up in the tree; empty: not looked up there. */
  readonly path: readonly DescriptorEntry[]
  /** Looked up among the sets; undefined: not looked up there. */
  readonly set: readonly DescriptorEntry[] | undefined
  /** Where the request's metadata may hold a limit to take in place of the one of the tree. */
  readonly override: readonly string[] | undefined
}

/** One entry of a descriptor: its key and where its value comes from. */
export type DescriptorEntry =
  | { readonly type: 'literal'; readonly key: string; readonly value: string }
  /** Lower-case; `:path`, `:method`, `:authority` and `:scheme` included. */
  | { readonly type: 'header'; readonly key: string; readonly header: string }
  | { readonly type: 'client-address'; readonly key: string }
  | {
      readonly type: 'header-match'
      readonly key: string
      readonly value: string
      /** Whether the conditions must all hold, or not all of them. */
      readonly expected: boolean
      readonly conditions: readonly HeaderCondition[]
    }
  | {
      readonly type: 'metadata'
      readonly key: string
      /** The namespace and the keys inside it. */
      readonly path: readonly string[]
      readonly fallback: string | undefined
    }

/** A condition on a header. */
export interface HeaderCondition {
  readonly name: string
  readonly test:
    | { readonly type: 'present' }
    | { readonly type: 'exact' | 'prefix' | 'suffix'; readonly value: string }
    /** RE2, the whole value. */
    | { readonly type: 'regex'; readonly pattern: string }
    /** A whole number of `[start, end)`. */
    | { readonly type: 'range'; readonly start: number; readonly end: number }
  /** True: holds when the test does not; a missing header then holds. */
  readonly inverted: boolean
}
