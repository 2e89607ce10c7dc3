import type { ChatAnswer } from '../../../chat/answer-chat.ts'
import type { StreamEvent } from '../../../provider.ts'

/** A response as it is answered at its end. */
export interface ModelResponse {
  readonly status: 'completed' | 'incomplete'
  readonly output: readonly OutputItem[]
  readonly usage: object
  readonly [field: string]: unknown
}

/** What a response consists of: here a message with one text, or the call of a function. */
export interface OutputItem {
  readonly id: string
  readonly type: 'message' | 'function_call'
  readonly status: string
  readonly [field: string]: unknown
}

interface ResponseEvent {
  readonly type: string
  readonly fields: object
  readonly paced?: boolean
}

/** The events of a response that streams, numbered: its start, one item in parts, its end with all of it again. */
export function* responseEvents(
  response: ModelResponse,
  answer: ChatAnswer,
): Iterable<StreamEvent> {
  let number = 0
  for (const { type, fields, paced = false } of eventsOf(response, answer)) {
    const value = { type, sequence_number: number++, ...fields }
    yield { data: `event: ${type}\ndata: ${JSON.stringify(value)}\n\n`, paced }
  }
}

function* eventsOf(response: ModelResponse, answer: ChatAnswer): Iterable<ResponseEvent> {
  const begun = {
    response: {
      ...response,
      ...{ status: 'in_progress', incomplete_details: null, output: [], usage: null },
    },
  }
  yield { type: 'response.created', fields: begun, paced: true }
  yield { type: 'response.in_progress', fields: begun }
  for (const item of response.output) {
    yield* item.type === 'message' ? messageEvents(item, answer) : callEvents(item, answer)
    yield { type: 'response.output_item.done', fields: { output_index: 0, item } }
  }
  yield { type: `response.${response.status}`, fields: { response } }
}

function* messageEvents(item: OutputItem, answer: ChatAnswer): Iterable<ResponseEvent> {
  const place = { item_id: item.id, output_index: 0, content_index: 0 }
  const part = { type: 'output_text', annotations: [], logprobs: [], text: '' }
  const started = { ...item, status: 'in_progress', content: [] }
  yield { type: 'response.output_item.added', fields: { output_index: 0, item: started } }
  yield { type: 'response.content_part.added', fields: { ...place, part } }
  for (const { text: delta } of answer.tokens) {
    if (delta === '') continue
    const fields = { ...place, delta, logprobs: [] }
    yield { type: 'response.output_text.delta', fields, paced: true }
  }
  const { text } = answer
  yield { type: 'response.output_text.done', fields: { ...place, text, logprobs: [] } }
  yield { type: 'response.content_part.done', fields: { ...place, part: { ...part, text } } }
}

function* callEvents(item: OutputItem, answer: ChatAnswer): Iterable<ResponseEvent> {
  const place = { item_id: item.id, output_index: 0 }
  const started = { ...item, status: 'in_progress', arguments: '' }
  yield { type: 'response.output_item.added', fields: { output_index: 0, item: started } }
  for (const { text: delta } of answer.tokens) {
    if (delta === '') continue
    const fields = { ...place, delta }
    yield { type: 'response.function_call_arguments.delta', fields, paced: true }
  }
  const { arguments: json, name } = item
  const fields = { ...place, arguments: json, name }
  yield { type: 'response.function_call_arguments.done', fields }
}
