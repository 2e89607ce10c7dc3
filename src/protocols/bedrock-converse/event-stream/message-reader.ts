import type { StreamReader } from '../../../llm/stream-part.ts'
import { ChannelTable } from '../../shared/stream/channel-table.ts'
import { JsonPart } from '../../shared/stream/json-part.ts'
import { type MessageReader, readMessage } from '../../shared/stream/read-message.ts'
import type { EventMessage } from './event-message.ts'
import { MessageFramer } from './message-framer.ts'

/** Whether an answer is an AWS event stream. */
export function isAwsEventStream(contentType: string): boolean {
  return /^\s*application\/vnd\.amazon\.eventstream\s*(;|$)/i.test(contentType)
}

/** Reads an AWS event stream whose messages are JSON. */
export function createMessageReader(
  createReader: (channels: ChannelTable) => MessageReader,
): StreamReader {
  const framer = new MessageFramer()
  const channels = new ChannelTable()
  const messages = createReader(channels)
  const read = (frame: EventMessage) => {
    const content = frame.read()
    if (content !== undefined && content.kind !== 'error') {
      const { body, name } = content
      return readMessage({ frame, data: body, name, channels, messages })
    }
    // What errors say stands in headers, where it cannot be replaced.
    const part = new JsonPart(frame, undefined, channels)
    part.known = false
    if (content !== undefined) {
      part.error = content.name
      part.closesAll = true
    }
    return part
  }
  return {
    push: (piece) => framer.push(piece.bytes).map(read),
    end: () => framer.end().map(read),
  }
}
