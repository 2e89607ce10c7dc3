import type { ChatAnswer } from '../../chat/answer-chat.ts'
import type { StreamEvent } from '../../provider.ts'

/** A message as it is answered; while it streams, without its end. */
export interface Message {
  readonly id: string
  readonly type: 'message'
  readonly role: 'assistant'
  readonly model: string
  readonly content: readonly unknown[]
  readonly stop_reason: string | null
  readonly stop_sequence: string | null
  readonly usage: object
}

/** The events of a message that streams: start, one block in parts, end. A ping comes early, as from the real API. */
export function* messageEvents(message: Message, answer: ChatAnswer): Iterable<StreamEvent> {
  const { stop_reason, stop_sequence, ...started } = message
  const usage = { ...message.usage, output_tokens: Math.min(1, answer.tokens.length) }
  yield event(
    'message_start',
    {
      message: { ...started, content: [], stop_reason: null, stop_sequence: null, usage },
    },
    true,
  )
  yield event('content_block_start', { index: 0, content_block: emptyBlock(message) })
  yield event('ping', {})
  for (const { text } of answer.tokens) {
    if (text !== '')
      yield event('content_block_delta', { index: 0, delta: delta(answer, text) }, true)
  }
  yield event('content_block_stop', { index: 0 })
  yield event('message_delta', {
    delta: { stop_reason, stop_sequence },
    usage: { ...message.usage, service_tier: undefined },
  })
  yield event('message_stop', {})
}

function event(type: string, fields: object, paced = false): StreamEvent {
  return { data: `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`, paced }
}

function emptyBlock({ content: [block] }: Message): object {
  const { type, id, name } = block as { type: string; id?: string; name?: string }
  return type === 'text' ? { type, text: '' } : { type, id, name, input: {} }
}

function delta({ toolCall }: ChatAnswer, text: string): object {
  return toolCall === undefined
    ? { type: 'text_delta', text }
    : { type: 'input_json_delta', partial_json: text }
}
