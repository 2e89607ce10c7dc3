import type { Tokenizer } from '../generation/tokenizer.ts'
import { isJsonObject } from './provider.ts'

/** The text of a chat message's content: a string, or parts of which the text ones count. */
function contentText(content: unknown): string {
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
  return countTexts(texts, tokenizer) + messages.length * marks.perMessage + marks.perPrompt
}

/** Text counted one by one, in UTF-16 units; what follows is counted as one text, whose work is bounded. */
const countedApart = 200_000

/** Tokens of several texts. */
export function countTexts(texts: readonly string[], tokenizer: Tokenizer): number {
  let tokens = 0
  let length = 0
  for (const [index, text] of texts.entries()) {
    length += text.length
    if (length > countedApart) return tokens + tokenizer.count(texts.slice(index).join(' '))
    tokens += tokenizer.count(text)
  }
  return tokens
}
