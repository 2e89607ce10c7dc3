import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CallProgress } from '../../../llm/model-call.ts'
import { type Call, limited, modelCall, prompt, send, usage } from '../testing/model-fixture.ts'

const budget = 500

/** What happens next: a call begins, or one that runs is tried again or ends; `share` is how much of what it may use it does. */
const step = fc.record({
  kind: fc.constantFrom('begin', 'begin', 'retry', 'end'),
  which: fc.nat(9),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  input: fc.integer({ min: 1, max: 60 }),
  maxTokens: fc.integer({ min: 1, max: 90 }),
  answers: fc.integer({ min: 1, max: 3 }),
  progress: fc.constantFrom<CallProgress>('none', 'asked', 'answering', 'answered'),
  reports: fc.boolean(),
})

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never
type Begin = Pick<Step, 'input' | 'maxTokens' | 'answers'>
type Choice = Pick<Step, 'which' | 'share'>
type End = Choice & Pick<Step, 'progress' | 'reports'>

interface Running {
  readonly call: Call
  readonly input: number
  /** The most that one try may be billed for. */
  readonly output: number
}

/** Calls of several clients, and what their provider bills: of each try that it has taken as much as it likes within what was allowed. */
class Provider {
  billed = 0
  readonly #policy = limited(budget, {})
  #running: Running[] = []

  async take({ kind, ...parts }: Step): Promise<void> {
    if (kind === 'begin') await this.#begin(parts)
    else if (kind === 'retry') await this.#retry(parts)
    else this.#end(parts)
  }

  async #begin({ input, maxTokens, answers }: Begin): Promise<void> {
    const json = { prompt: prompt(input), max_tokens: maxTokens, n: answers }
    const call = send(this.#policy, json, { call: modelCall() })
    if ((await call.result) === undefined) {
      this.#running.push({ call, input, output: maxTokens * answers })
    }
  }

  /** The try before has brought nothing, and is billed all the same. */
  async #retry({ which, share }: Choice): Promise<void> {
    const running = this.#running[which % this.#running.length]
    if (running === undefined) return
    const { call, input, output } = running
    this.billed += input + Math.floor(output * share)
    if ((await this.#policy.onModelRetry?.(call.context, call.call)) === undefined) return
    this.#running = this.#running.filter((each) => each !== running)
    call.end(undefined, 'asked')
  }

  #end({ which, share, progress, reports }: End): void {
    const running = this.#running[which % this.#running.length]
    if (running === undefined) return
    const { call, input, output } = running
    this.#running = this.#running.filter((each) => each !== running)
    const used = Math.floor(output * share)
    if (progress !== 'none') this.billed += input + used
    // What has come of an answer that breaks off is less than what is billed.
    const seen = progress === 'answered' ? used : Math.floor(used / 2)
    call.end(reports && progress !== 'none' ? usage(input, seen) : undefined, progress)
  }
}

test('whatever becomes of calls, a provider bills no more than the budget', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 120 }), async (steps) => {
      const provider = new Provider()
      for (const each of steps) await provider.take(each)
      expect(provider.billed).toBeLessThanOrEqual(budget)
    }),
    { numRuns: 200 },
  )
})
