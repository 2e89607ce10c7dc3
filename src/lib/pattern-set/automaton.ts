import { assertionsBetween, before, type CombinedProgram } from './combined-program.ts'
import type { State } from './state.ts'
import { StepBuilder } from './step-builder.ts'

/** What taking a character does besides leading to the next state. */
export interface Transition {
  readonly state: State
  /** Patterns that match up to the place before the character, each followed by the origin of the match. */
  readonly matches: Int32Array
  /** The origins that are still in use; `undefined` for all. */
  readonly kept: Int32Array | undefined
  /** Whether ways begin at the character, whose position becomes the last origin. */
  readonly begins: boolean
}

// States and their transitions take at most about 8 MB for each configuration and thread.
const maxStates = 4096
const maxCells = 1_500_000
const maxWays = 300_000
const maxTransitions = 50_000

const unknown = -1

/**
 * The states of a combined program, found as texts ask for them and forgotten when they become too many. A state that is
 * not known costs one simulated step of the program, so time is linear in the text whatever happens to the memory.
 */
export class Automaton {
  /** By row and class: a row, or -2 minus an index of {@link transitions}, or -1 for not known yet. */
  table = new Int32Array(0)
  readonly transitions: Transition[] = []
  readonly states: State[] = []
  generation = 0
  /** Steps of the program that were simulated since the beginning: the measure of work. */
  simulatedSteps = 0
  readonly stride: number
  readonly #builder: StepBuilder
  readonly #stateByKey = new Map<string, State>()
  #ways = 0

  constructor(program: CombinedProgram) {
    this.stride = program.classes.count
    this.#builder = new StepBuilder(program)
  }

  initial(): State {
    return this.#intern(before.nothing, new Int32Array(0), new Int32Array(0))
  }

  /** `state` as it is known at present. */
  renew(state: State): State {
    if (state.generation === this.generation) return state
    return this.#intern(state.previous, state.steps, state.origins)
  }

  /** Takes a character of `characterClass`, for which `table` has no entry yet. */
  advance(state: State, characterClass: number): Transition {
    if (this.transitions.length >= maxTransitions) this.#forget()
    const builder = this.#builder
    const following = builder.kindOf(characterClass)
    builder.run(state, assertionsBetween(state.previous, following), characterClass)
    this.simulatedSteps += builder.simulatedSteps
    const { kept, begins } = builder.renumberOrigins(state)
    const next = this.#intern(following, builder.takeSteps(), builder.takeOrigins())
    const transition = { state: next, matches: builder.takeMatches(), kept, begins }
    if (state.generation === this.generation) this.#remember(state, characterClass, transition)
    return transition
  }

  /** What matches when the text ends at `state`. */
  finish(state: State): Int32Array {
    state.matchesAtEnd ??= this.#runToEnd(state)
    return state.matchesAtEnd
  }

  #runToEnd(state: State): Int32Array {
    this.#builder.run(state, assertionsBetween(state.previous, before.nothing), undefined)
    this.simulatedSteps += this.#builder.simulatedSteps
    return this.#builder.takeMatches()
  }

  #remember(state: State, characterClass: number, transition: Transition): void {
    const { matches, kept, begins } = transition
    const isPlain = matches.length === 0 && kept === undefined && !begins
    const cell = state.row + characterClass
    this.table[cell] = isPlain ? transition.state.row : -2 - this.transitions.length
    if (!isPlain) this.transitions.push(transition)
  }

  #intern(previous: number, steps: Int32Array, origins: Int32Array): State {
    const key = keyOf(previous, steps, origins)
    const known = this.#stateByKey.get(key)
    if (known !== undefined) return known
    if (this.#isFull()) this.#forget()
    const row = this.states.length * this.stride
    this.#growTo(row + this.stride)
    const alive = this.#builder.alivePatterns(steps, origins)
    const state: State = {
      ...{ row, generation: this.generation, previous, steps, origins, alive },
      matchesAtEnd: undefined,
    }
    this.states.push(state)
    this.#stateByKey.set(key, state)
    this.#ways += steps.length
    return state
  }

  #isFull(): boolean {
    const { length } = this.states
    if (length === 0) return false
    return length >= maxStates || length * this.stride >= maxCells || this.#ways >= maxWays
  }

  #forget(): void {
    this.generation += 1
    this.states.length = 0
    this.transitions.length = 0
    this.#stateByKey.clear()
    this.#ways = 0
    this.table.fill(unknown)
  }

  #growTo(cells: number): void {
    if (cells <= this.table.length) return
    const grown = new Int32Array(Math.max(cells, this.table.length * 2)).fill(unknown)
    grown.set(this.table)
    this.table = grown
  }
}

function keyOf(previous: number, steps: Int32Array, origins: Int32Array): string {
  let key = String.fromCharCode(previous)
  for (let index = 0; index < steps.length; index += 1) {
    key += String.fromCharCode(steps[index] ?? 0, origins[index] ?? 0)
  }
  return key
}
