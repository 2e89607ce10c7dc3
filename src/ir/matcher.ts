/** Conditions on a request; all of them must hold. */
export interface RequestMatcher {
  readonly path: PathMatcher
  readonly headers: readonly ValueMatcher[]
  readonly queryParameters: readonly ValueMatcher[]
  /** Upper-case; empty matches every method. */
  readonly methods: readonly string[]
}

/** A condition on the path without query. */
export interface PathMatcher {
  /**
   * `prefix` is a plain string prefix; `segment-prefix` ends at a `/` or the end of the path;
   * `regex` is RE2 and matches the whole path; `connect` takes CONNECT requests.
   */
  readonly type: 'exact' | 'prefix' | 'segment-prefix' | 'regex' | 'connect'
  readonly value: string
  readonly caseSensitive: boolean
}

/** A condition on a named value: a header or a query parameter. */
export interface ValueMatcher {
  /** Header names are lower-case, pseudo headers `:method` and `:authority` included. */
  readonly name: string
  readonly type: 'present' | 'exact' | 'regex'
  /** Unused for `present`. Regular expressions are RE2 and match the whole value. */
  readonly value: string
  /** True: the condition holds when the comparison does not; a missing value then holds. */
  readonly inverted: boolean
}
