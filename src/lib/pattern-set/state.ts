/**
 * A place in the matching of all patterns: ways into the programs that are alive. Where a way began is kept outside, in a
 * list of positions in ascending order; a way names its entry there.
 */
export interface State {
  /** Where its transitions stand in the `table` of its automaton, as long as {@link generation} is that of the automaton. */
  readonly row: number
  readonly generation: number
  /** One of `before`. */
  readonly previous: number
  /** Steps, in order of pattern and then of priority. */
  readonly steps: Int32Array
  /** For each of {@link steps}, the entry of the position where it began. */
  readonly origins: Int32Array
  /** Patterns with ways alive, each followed by the origin of its first, which is its earliest. */
  readonly alive: Int32Array
  /** What matches when the text ends here; undefined until somebody asks. */
  matchesAtEnd: Int32Array | undefined
}
