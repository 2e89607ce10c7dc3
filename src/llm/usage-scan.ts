import type { Usage } from './usage.ts'

/** Finds the usage of an answer that nobody edits without parsing all of it. */
export interface UsageScan {
  /**
   * Returns what goes on to the client: the same bytes, unless an event is to be hidden. What is returned may be part of `chunk`;
   * nothing else of it is kept.
   */
  push(chunk: Buffer): Buffer
  /** What is still to go on; empty mostly. */
  end(): Buffer
  /** What was found so far; also of an answer that is cut short. */
  readonly usage: Usage | undefined
  /** The whole answer has been read, so nothing will be added to what was found. */
  readonly isWhole: boolean
  readonly model: string | undefined
}
