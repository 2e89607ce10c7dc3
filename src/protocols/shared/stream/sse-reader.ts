import type { BodyPiece } from '../../../lib/http/body-piece.ts'
import type { StreamPart, StreamReader } from '../../../llm/stream-part.ts'
import type { SseEvent } from '../sse/sse-event.ts'
import { SseFramer } from '../sse/sse-framer.ts'
import { ChannelTable } from './channel-table.ts'
import { JsonPart } from './json-part.ts'
import { type MessageReader, readMessage } from './read-message.ts'
import { TextForm } from './text-form.ts'

/** Whether an answer is a stream of server-sent events. */
export function isEventStream(contentType: string): boolean {
  return /^\s*text\/event-stream\s*(;|$)/i.test(contentType)
}

/** So many forms in a row may prove useless before no more are looked for: a stream whose events all differ would pay for each. */
const mostUselessForms = 8

/** Reads a stream of server-sent events whose data is JSON. */
export class SseReader implements StreamReader {
  readonly #framer = new SseFramer()
  readonly #channels = new ChannelTable()
  readonly #messages: MessageReader
  readonly #createMessageReader: CreateMessageReader
  /** Of the event before, if nothing else has come since. */
  #form: TextForm | undefined
  #uselessForms = 0

  constructor(createMessageReader: CreateMessageReader) {
    this.#createMessageReader = createMessageReader
    this.#messages = createMessageReader(this.#channels)
  }

  push(piece: BodyPiece): StreamPart[] {
    return this.#framer.push(piece).map(this.#read)
  }

  end(): StreamPart[] {
    return this.#framer.end().map(this.#read)
  }

  readonly #read = (event: SseEvent): StreamPart => {
    const known = this.#form?.read(event)
    if (known !== undefined) return known
    const part = parse(event, this.#channels, this.#messages)
    this.#uselessForms = this.#form?.isProven === true ? 0 : this.#uselessForms + 1
    this.#form =
      this.#uselessForms > mostUselessForms ? undefined : TextForm.of(event, part, this.#tryToParse)
    return part
  }

  /** Of events that did not come the stream's own state must know nothing. */
  readonly #tryToParse = (event: SseEvent): JsonPart => {
    const channels = new ChannelTable()
    return parse(event, channels, this.#createMessageReader(channels))
  }
}

type CreateMessageReader = (channels: ChannelTable) => MessageReader

function parse(event: SseEvent, channels: ChannelTable, messages: MessageReader): JsonPart {
  const { data } = event
  if (data === undefined || data === '') return new JsonPart(event, undefined, channels)
  if (data.trim() === '[DONE]') {
    const part = new JsonPart(event, undefined, channels)
    part.closesAll = true
    return part
  }
  return readMessage({ frame: event, data, channels, messages })
}
