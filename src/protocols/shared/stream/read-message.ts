import { parseJson } from '../../../lib/json/parse-json.ts'
import type { Frame } from '../frame.ts'
import { asRecord } from '../json-value.ts'
import type { ChannelTable } from './channel-table.ts'
import { JsonPart } from './json-part.ts'

/** Reads the messages of one stream in order, each into its part. */
export interface MessageReader {
  /** `name`: what the message is called where messages have names outside their JSON. */
  read(json: Record<string, unknown>, part: JsonPart, name: string | undefined): void
}

/** A message as its frame brings it. */
export interface FramedMessage {
  readonly frame: Frame
  readonly data: string
  readonly name?: string | undefined
  readonly channels: ChannelTable
  readonly messages: MessageReader
}

/** Reads one message; what is no JSON object, or repeats a key, is not known. */
export function readMessage({ frame, data, name, channels, messages }: FramedMessage): JsonPart {
  const parsed = parseJson(data)
  const json = 'value' in parsed ? asRecord(parsed.value) : undefined
  const part = new JsonPart(frame, json, channels)
  if (json === undefined) part.known = false
  else messages.read(json, part, name)
  if (channels.isFull) part.known = false
  return part
}
