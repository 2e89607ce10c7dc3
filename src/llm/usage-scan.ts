import type { BodyPiece } from '../lib/http/body-piece.ts'
import type { Usage } from './usage.ts'

/** Finds the usage of an answer that nobody edits without parsing all of it. */
export interface UsageScan {
  /** Returns what goes on to the client: the same piece, unless an event is to be hidden. Keeps none of its bytes. */
  push(piece: BodyPiece): BodyPiece
  /** What is still to go on; empty mostly. */
  end(): BodyPiece
  /** What was found so far; also of an answer that is cut short. */
  readonly usage: Usage | undefined
  /** The whole answer has been read, so nothing will be added to what was found. */
  readonly isWhole: boolean
  readonly model: string | undefined
}
