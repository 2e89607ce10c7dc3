import type { WireFormat } from '../../llm/wire-format.ts'
import { createFormat } from '../shared/create-format.ts'
import { asRecord } from '../shared/json-value.ts'
import { MiscasedKeys } from '../shared/request/miscased-keys.ts'
import { createMessageReader, isAwsEventStream } from './event-stream/message-reader.ts'
import { requestForm } from './request.ts'
import { responseForm } from './response.ts'
import { ConverseReader } from './stream.ts'
import { bedrockUsage } from './usage.ts'

const miscasedLimit = new MiscasedKeys(['maxTokens'])
const fields = ['messages', 'system', 'toolConfig', 'promptVariables']

/** `Converse` and `ConverseStream` of Amazon Bedrock. */
export const bedrockConverse: WireFormat = createFormat({
  name: 'bedrock-converse',
  request: requestForm,
  fields: [...fields, 'inferenceConfig', 'additionalModelRequestFields'],
  canRead: (json) => !miscasedLimit.standIn(asRecord(json['inferenceConfig']) ?? {}),
  response: responseForm,
  usage: bedrockUsage,
  createOtherReader: (contentType) =>
    isAwsEventStream(contentType)
      ? createMessageReader((channels) => new ConverseReader(channels))
      : undefined,
})
