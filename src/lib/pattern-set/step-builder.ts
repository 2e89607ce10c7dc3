import { before, type CombinedProgram, operation } from './combined-program.ts'
import type { State } from './state.ts'

/**
 * One simulated step of all patterns. Ways are followed in order of priority; one that comes where another has already
 * been is dropped, because the other goes wherever it could go and counts for more. So there are never more
 * ways than steps in the program.
 *
 * A pattern that matches loses all its ways of lower priority, and searches on from the end of the match: that
 * search is of lower priority than the ways that are left, which may yet find a match that counts for more.
 */
export class StepBuilder {
  simulatedSteps = 0
  readonly #program: CombinedProgram
  /** Of each step, the last visit to it. */
  readonly #visited: Uint32Array
  #visit = 0
  /** Of each step, the last run that leads to it. */
  readonly #reached: Uint32Array
  #run = 0
  readonly #stack: number[] = []
  #steps: number[] = []
  #origins: number[] = []
  #matches: number[] = []

  constructor(program: CombinedProgram) {
    this.#program = program
    this.#visited = new Uint32Array(program.operations.length)
    this.#reached = new Uint32Array(program.operations.length)
  }

  /** Which of {@link before} a character of the class is to the one after it. */
  kindOf(characterClass: number): number {
    const { isNewline, isWord } = this.#program.classes
    if (isNewline[characterClass]) return before.newline
    return isWord[characterClass] ? before.word : before.other
  }

  /**
   * Follows all ways of `state`, and those that begin here, over a character of the class; `undefined` is the end
   * of the text. Ways that begin have an origin after all of the state's.
   */
  run(state: State, assertions: number, characterClass: number | undefined): void {
    this.#run += 1
    this.#visit += 1
    this.simulatedSteps = 0
    this.#steps = []
    this.#origins = []
    this.#matches = []
    const { starts, patternOf } = this.#program
    const newOrigin = originCount(state.origins)
    let way = 0
    for (let pattern = 0; pattern < starts.length; pattern += 1) {
      let isCut = false
      for (; patternOf[state.steps[way] ?? -1] === pattern; way += 1) {
        if (isCut) continue
        const origin = state.origins[way] ?? 0
        isCut = this.#follow(state.steps[way] ?? 0, origin, assertions, characterClass)
        if (isCut) this.#matches.push(pattern, origin)
      }
      // A search that begins where a match ended may come by the same steps to the empty text, and must see it: that
      // is no match, and yet it ends the ways of lower priority.
      if (isCut) this.#visit += 1
      this.#follow(starts[pattern] ?? 0, newOrigin, assertions, characterClass)
    }
  }

  /** Follows one way; returns whether it matches, in which case nothing of lower priority was followed. */
  #follow(
    start: number,
    origin: number,
    assertions: number,
    characterClass: number | undefined,
  ): boolean {
    const { operations, next, argument } = this.#program
    const stack = this.#stack
    stack.length = 0
    stack.push(start)
    for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
      if (this.#visited[step] === this.#visit) continue
      this.#visited[step] = this.#visit
      this.simulatedSteps += 1
      const following = next[step] ?? 0
      switch (operations[step]) {
        case operation.match:
          return true
        case operation.either:
          stack.push(argument[step] ?? 0, following)
          break
        case operation.go:
          stack.push(following)
          break
        case operation.assertion:
          if (((argument[step] ?? 0) & ~assertions) === 0) stack.push(following)
          break
        case operation.character:
          if (this.#takes(step, characterClass)) this.#reach(following, origin)
      }
    }
    return false
  }

  #takes(step: number, characterClass: number | undefined): boolean {
    if (characterClass === undefined) return false
    const { argument, classes } = this.#program
    return classes.members[(argument[step] ?? 0) * classes.count + characterClass] === 1
  }

  #reach(step: number, origin: number): void {
    if (this.#reached[step] === this.#run) return
    this.#reached[step] = this.#run
    this.#steps.push(step)
    this.#origins.push(origin)
  }

  /** Numbers the origins in use without gaps. */
  renumberOrigins(state: State): { kept: Int32Array | undefined; begins: boolean } {
    const count = originCount(state.origins)
    const used = [...new Set(this.#origins)].sort((left, right) => left - right)
    const numbers = new Map(used.map((origin, index) => [origin, index]))
    this.#origins = this.#origins.map((origin) => numbers.get(origin) ?? 0)
    const begins = used.at(-1) === count
    const kept = begins ? used.slice(0, -1) : used
    return { kept: kept.length === count ? undefined : Int32Array.from(kept), begins }
  }

  takeSteps(): Int32Array {
    return Int32Array.from(this.#steps)
  }

  takeOrigins(): Int32Array {
    return Int32Array.from(this.#origins)
  }

  takeMatches(): Int32Array {
    return Int32Array.from(this.#matches)
  }

  /** Patterns that `steps` belong to, each followed by the origin of its first. */
  alivePatterns(steps: Int32Array, origins: Int32Array): Int32Array {
    const alive: number[] = []
    for (const [index, step] of steps.entries()) {
      const pattern = this.#program.patternOf[step] ?? 0
      if (alive.at(-2) !== pattern) alive.push(pattern, origins[index] ?? 0)
    }
    return Int32Array.from(alive)
  }
}

function originCount(origins: Int32Array): number {
  let count = 0
  for (const origin of origins) count = Math.max(count, origin + 1)
  return count
}
