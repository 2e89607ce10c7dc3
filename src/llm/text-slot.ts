/** A text that stands somewhere in a message and can be replaced there. */
export interface TextSlot {
  /**
   * Which text of the message it belongs to, such as `choice 0 content`. Slots that share it are pieces of one text, in order:
   * in a stream, and also in a whole message whose text stands in several parts.
   */
  readonly channel: string
  /** Who speaks, where the format says; lower-case. */
  readonly role: string | undefined
  /** As it is now, after what was replaced. Decoded: for the arguments of a tool call, one string within the JSON that they are. */
  readonly text: string
  /** Puts `text` in its place and marks the message as changed. */
  replace(text: string): void
}
