import type { TextSlot } from './text-slot.ts'

/** A message that the gateway adds to a request. */
export interface AddedMessage {
  readonly role: string
  readonly content: string
}

/** The body of a request to a model, parsed, in the words of one wire format. */
export interface ModelRequest {
  /** The JSON itself. Whoever changes it calls {@link markChanged}. */
  readonly json: Record<string, unknown>
  /** What the body asks for; undefined also where the path says it. */
  readonly model: string | undefined
  /** The body asks for a stream; false also where the path says it. */
  readonly streaming: boolean
  /**
   * Every text that the model will read: system texts, messages, tool results, descriptions of tools, inputs. In order; looked
   * up anew by each call.
   */
  texts(): readonly TextSlot[]
  /**
   * Messages as a provider-neutral list, for services that judge them: one for each of {@link texts} that has a role, in that
   * order, so the texts of an answer go back by position.
   */
  messages(): readonly { readonly role: string; readonly content: string }[]
  /** False: the format has no place for messages, or the body's is not a list; nothing was added. */
  addMessages(prepend: readonly AddedMessage[], append: readonly AddedMessage[]): boolean
  /**
   * Sets whether the answer streams, and asks for usage in streams; a format whose path decides has nothing to set. Marks the body
   * as changed if it was. True: the stream will report usage that the client has not asked for.
   */
  setStreaming(streaming: boolean): boolean
  /** Does not mark the body as changed: a model alone can be spliced into the original bytes. */
  setModel(model: string): void
  /** The most output tokens that the request allows; undefined: it says nothing. */
  maxOutputTokens(): number | undefined
  /** Nothing else in it limits them afterwards. */
  setMaxOutputTokens(tokens: number): void
  /** Why no limit of output tokens holds for the answer; undefined: one does. */
  unlimitedOutput(): string | undefined
  /** How many answers are asked for at once; 1 mostly. */
  choiceCount(): number
  /** How many tokens stand in it as numbers: text that its client has encoded for the model, and that is none of {@link texts}. */
  tokenNumbers(): number
  /** The body is encoded anew, keys sorted, before it is sent. */
  markChanged(): void
  readonly changed: boolean
  /** With `limitField` the limit of output tokens stands there and under no other name. */
  encode(limitField?: string): Buffer
}
