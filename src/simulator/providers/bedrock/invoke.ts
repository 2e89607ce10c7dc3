import type { Answer, StreamAnswer, StreamEvent } from '../../provider.ts'
import { answerMessages } from '../anthropic/messages.ts'
import { findMessagesError } from '../anthropic/messages-request.ts'
import type { ModelCall } from './converse.ts'
import { validationError } from './errors.ts'
import { encodeEvent } from './event-stream.ts'

const version = 'bedrock-2023-05-31'

/** `/invoke` and `/invoke-with-response-stream`: the model's own body, here that of Anthropic's models. */
export async function invoke(
  { model, body, request, context }: ModelCall,
  { stream }: { readonly stream: boolean },
): Promise<Answer> {
  if (!/(?:^|[./])anthropic\./.test(model)) {
    return validationError('The provided model identifier is invalid.')
  }
  if (body['anthropic_version'] !== version) {
    return validationError(`Malformed input request: anthropic_version must be ${version}.`)
  }
  const unknown = ['model', 'stream'].find((field) => field in body)
  if (unknown !== undefined) {
    return validationError(`Malformed input request: ${unknown}: Extra inputs are not permitted`)
  }
  const problem = findMessagesError(body, ['max_tokens', 'messages'])
  if (problem !== undefined) return validationError(problem)
  const answer = await answerMessages(body, model, { request, context, stream })
  return answer.type === 'stream' ? wrap(answer) : answer
}

function wrap(answer: StreamAnswer): Answer {
  const headers = { 'content-type': 'application/vnd.amazon.eventstream' }
  return { ...answer, headers, events: wrapped(answer.events) }
}

/** Each event of the model's own stream is one chunk, in base64. */
function* wrapped(events: Iterable<StreamEvent>): Iterable<StreamEvent> {
  for (const { data, paced } of events) {
    const [, json] = /^data: (.*)$/m.exec(String(data)) ?? []
    // Pings stay with the provider.
    if (json === undefined || json.includes('"type":"ping"')) continue
    const bytes = Buffer.from(json).toString('base64')
    yield { data: encodeEvent('chunk', { bytes }), paced }
  }
}
