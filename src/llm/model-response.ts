import type { TextSlot } from './text-slot.ts'
import type { Usage } from './usage.ts'

/** A whole answer of a model, parsed, in the words of one wire format. */
export interface ModelResponse {
  readonly json: Record<string, unknown>
  /** Every text of the model: all choices, refusals, reasoning, strings in the arguments of tool calls, transcripts. */
  texts(): readonly TextSlot[]
  /** Takes out what would repeat texts in another form, such as `logprobs`. */
  dropRepetitions(): void
  /** False: the format of this answer is not one in which texts are known, so a guard must not let it pass. */
  readonly known: boolean
  readonly usage: Usage | undefined
  readonly model: string | undefined
  markChanged(): void
  readonly changed: boolean
  encode(): Buffer
}
