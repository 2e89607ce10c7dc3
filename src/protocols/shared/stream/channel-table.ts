/** A message of a stream, and its name where messages have names. */
export interface NamedMessage {
  readonly json: unknown
  readonly name?: string
}

/** Puts a piece of a message into a whole one that says nothing else. */
export type Envelope = (piece: Record<string, unknown>) => NamedMessage

/** Makes the message that adds `text` to a channel and says nothing else. */
export type DeltaWriter = (text: string) => NamedMessage

/** More texts at once than any answer has. */
const maxChannels = 10_000

/** The texts that a stream is in the middle of, and how one adds to them. */
export class ChannelTable {
  readonly #open = new Set<string>()
  readonly #writers = new Map<string, DeltaWriter>()

  /** The stream has more texts than are followed. */
  get isFull(): boolean {
    return this.#open.size > maxChannels || this.#writers.size > maxChannels
  }

  /** The last writer counts. `family`: what it is kept under; channels of the strings in one JSON text share theirs. */
  open(channel: string, family: string, writer: DeltaWriter): void {
    this.#open.add(channel)
    this.#writers.set(family, writer)
  }

  close(channel: string): void {
    this.#open.delete(channel)
  }

  /** Closes a channel and those whose names begin with its, and returns them. */
  closeAll(name: string): string[] {
    const closed = [...this.#open].filter(
      (channel) => channel === name || channel.startsWith(`${name} `),
    )
    for (const channel of closed) this.#open.delete(channel)
    return closed
  }

  createDelta(channel: string, text: string): NamedMessage {
    const writer = this.#writers.get(channel) ?? this.#writers.get(channel.replace(/ \d+$/, ''))
    if (writer === undefined) throw new Error(`the stream has no text ${channel}`)
    return writer(text)
  }
}
