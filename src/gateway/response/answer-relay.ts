/** Carries one answer of an upstream to the client. */
export interface AnswerRelay {
  push(chunk: Buffer): void
  /** Flat trailers. */
  end(trailers: readonly string[]): void
  /** True: the client has seen something of it, so no other answer can take its place. */
  readonly committed: boolean
}
