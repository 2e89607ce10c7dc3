/** A condition without the time of its last transition, which is filled in where statuses are written. */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly observedGeneration: number
}

/** Why something is not as it should be. */
export interface Problem {
  readonly reason: string
  readonly message: string
}

/** Makes the conditions of one generation of an object. */
export class ConditionMaker {
  readonly #observedGeneration: number

  constructor(object: { readonly metadata: { readonly generation?: number } }) {
    this.#observedGeneration = object.metadata.generation ?? 0
  }

  /** True with the type as reason, unless there is a problem. */
  expect(type: string, problem: Problem | undefined, message = ''): Condition {
    return problem === undefined
      ? this.make(type, 'True', { reason: type, message })
      : this.make(type, 'False', problem)
  }

  make(type: string, status: Condition['status'], { reason, message }: Problem): Condition {
    return { type, status, reason, message, observedGeneration: this.#observedGeneration }
  }
}
