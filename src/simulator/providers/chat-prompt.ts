import type { Tokenizer } from '../generation/tokenizer.ts'
import { isJsonObject } from './provider.ts'

/** The text of a chat message's content: a string, or parts of which the text ones count. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part) => (isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('\n')
}

/** Text of the last message of the user: what the answer is about. */
export function lastUserText(messages: readonly unknown[]): string {
  const last = messages.findLast((message) => isJsonObject(message) && message['role'] === 'user')
  return isJsonObject(last) ? contentText(last['content']) : ''
}

/** Tokens of the conversation: each message costs its text and the marks around it. */
export function countPrompt(
  messages: readonly unknown[],
  tokenizer: Tokenizer,
  marks: { readonly perMessage: number; readonly perPrompt: number },
): number {
  const texts = messages.map((message) =>
    isJsonObject(message) ? contentText(message['content']) : '',
  )
  const text = texts.join('\n')
  // One count for all keeps the work bounded; each line break between two texts is a token that nobody sent.
  return (
    Math.max(0, tokenizer.count(text) - (messages.length - 1)) +
    messages.length * marks.perMessage +
    marks.perPrompt
  )
}
