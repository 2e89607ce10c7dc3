import type { BodyPiece } from '../../lib/http/body-piece.ts'

/** Carries one answer of an upstream to the client. */
export interface AnswerRelay {
  push(piece: BodyPiece): void
  /** Flat trailers. */
  end(trailers: readonly string[]): void
  /** True: the client has seen something of it, so no other answer can take its place. */
  readonly committed: boolean
}
