import type { StreamReader } from '../../../llm/stream-part.ts'
import { ChannelTable } from '../../shared/stream/channel-table.ts'
import { JsonPart } from '../../shared/stream/json-part.ts'
import { type MessageReader, readMessage } from '../../shared/stream/read-message.ts'
import { type ArrayFrame, ArrayFramer } from './array-framer.ts'

/** Reads a stream that is one JSON array, element by element. */
export function createArrayReader(
  createMessageReader: (channels: ChannelTable) => MessageReader,
): StreamReader {
  const framer = new ArrayFramer()
  const channels = new ChannelTable()
  const messages = createMessageReader(channels)
  const read = (frame: ArrayFrame) => {
    const { data } = frame
    if (data !== undefined) return readMessage({ frame, data, channels, messages })
    const part = new JsonPart(frame, undefined, channels)
    part.closesAll = frame.isLast
    return part
  }
  return {
    push: (piece) => framer.push(piece.bytes).map(read),
    end: () => framer.end().map(read),
  }
}
