import type { StreamReader } from '../../../llm/stream-part.ts'
import type { SseEvent } from '../sse/sse-event.ts'
import { SseFramer } from '../sse/sse-framer.ts'
import { ChannelTable } from './channel-table.ts'
import { JsonPart } from './json-part.ts'
import { type MessageReader, readMessage } from './read-message.ts'

/** Whether an answer is a stream of server-sent events. */
export function isEventStream(contentType: string): boolean {
  return /^\s*text\/event-stream\s*(;|$)/i.test(contentType)
}

/** Reads a stream of server-sent events whose data is JSON. */
export function createSseReader(
  createMessageReader: (channels: ChannelTable) => MessageReader,
): StreamReader {
  const framer = new SseFramer()
  const channels = new ChannelTable()
  const messages = createMessageReader(channels)
  const read = (event: SseEvent) => readEvent(event, channels, messages)
  return {
    push: (chunk) => framer.push(chunk).map(read),
    end: () => framer.end().map(read),
  }
}

function readEvent(event: SseEvent, channels: ChannelTable, messages: MessageReader): JsonPart {
  const { data } = event
  if (data === undefined || data === '') return new JsonPart(event, undefined, channels)
  if (data.trim() === '[DONE]') {
    const part = new JsonPart(event, undefined, channels)
    part.closesAll = true
    return part
  }
  return readMessage({ frame: event, data, channels, messages })
}
