/** A text that stands somewhere in a message and can be replaced there. */
export interface TextSlot {
  /** Which text of the message it belongs to; pieces of one text in a stream share it, such as `choice 0 content`. */
  readonly channel: string
  /** Who speaks, where the format says; lower-case. */
  readonly role: string | undefined
  /** Decoded: for the arguments of a tool call, one string within the JSON that they are. */
  readonly text: string
  replace(text: string): void
}
