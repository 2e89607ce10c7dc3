import type { BodyPiece } from '../../lib/http/body-piece.ts'

/** What carries one message of a stream on the wire. */
export interface Frame {
  /** As it came. */
  readonly piece: BodyPiece
  /** The same frame with another message in it. */
  encode(json: string): Buffer
  /** A new frame of this kind for a message of this name, where messages have names. */
  create(json: string, name: string | undefined): Buffer
}
