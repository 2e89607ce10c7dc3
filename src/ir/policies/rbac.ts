import type { Origin } from '../origin.ts'

/** Lets requests pass that one of its policies allows; without a policy nothing passes. */
export interface Rbac {
  readonly type: 'rbac'
  readonly id: string
  readonly origin: Origin
  readonly policies: readonly RbacPolicy[]
}

/** Allows what any of its principals asks for within its permissions. */
export interface RbacPolicy {
  readonly name: string
  /** Any of them; empty: anybody, with or without token. */
  readonly principals: readonly RbacPrincipal[]
  /** A plain string prefix of the path; undefined: every path. */
  readonly pathPrefix: string | undefined
  /** Upper-case; empty: every method. */
  readonly methods: readonly string[]
}

/** The bearer of a verified token whose claims all match. */
export interface RbacPrincipal {
  /** The provider that must have verified the token; undefined: any. */
  readonly provider: string | undefined
  readonly claims: readonly ClaimCondition[]
}

export interface ClaimCondition {
  /** Names from the payload inwards. */
  readonly path: readonly string[]
  /**
   * `exact` compares strings; `boolean` compares `true` and `false`; `list-contains` wants a list with that string in it;
   * `regex` is RE2 and matches the whole string.
   */
  readonly match: 'exact' | 'boolean' | 'list-contains' | 'regex'
  readonly value: string
}
