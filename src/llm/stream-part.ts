import type { BodyPiece } from '../lib/http/body-piece.ts'
import type { TextSlot } from './text-slot.ts'
import type { Usage } from './usage.ts'

/** One event of a streamed answer. */
export interface StreamPart {
  /**
   * The texts that it adds, each to its channel. For tool calls: the decoded piece of a string within the arguments; half an
   * escape sequence at the end is kept for the next event.
   */
  readonly deltas: readonly TextSlot[]
  /**
   * Channels that are over once this event has gone out: what is held back of them goes into their last slot here, or where they
   * have none into a part of {@link createDelta} before it.
   */
  readonly closes: readonly string[]
  /** True: nothing but this event may follow, so every channel is over. */
  readonly closesAll: boolean
  /** Whole texts of channels that it repeats, such as in `response.completed`. */
  readonly repeats: readonly TextSlot[]
  /** False: it bears text that the format does not know, so a guard must not let it pass. */
  readonly known: boolean
  /** Set: the provider reports an error inside the stream. */
  readonly error: string | undefined
  readonly usage: Usage | undefined
  readonly model: string | undefined
  /** Takes out what would repeat texts in another form, such as `logprobs`. */
  dropRepetitions(): void
  /** The client did not ask for this event: it is kept from it. */
  readonly hidden: boolean
  /** The original when nothing was replaced. */
  encode(): BodyPiece
  /** An event like this one that adds `text` to `channel` and says nothing else; for text that was held back. */
  createDelta(channel: string, text: string): StreamPart
  /** What {@link createDelta} of `other` makes is what it makes here. */
  makesDeltasLike(other: StreamPart): boolean
}

/** Reads the stream of one answer; pieces may be split anywhere. */
export interface StreamReader {
  /** Keeps none of the piece's bytes. */
  push(piece: BodyPiece): readonly StreamPart[]
  /** What an unfinished event leaves; a stream that is cut short ends so. */
  end(): readonly StreamPart[]
}
