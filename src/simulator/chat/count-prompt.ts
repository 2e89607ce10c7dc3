import type { Tokenizer } from '../generation/tokenizer.ts'
import type { ChatCall } from './chat-call.ts'

/** Tokens that a model's prompt format puts around what the caller wrote. */
export interface PromptMarks {
  readonly perMessage: number
  readonly perPrompt: number
}

/** Tokens of the conversation: each message costs its text and the marks around it, each tool its declaration. */
export function countPrompt(
  { turns, tools }: Pick<ChatCall, 'turns' | 'tools'>,
  tokenizer: Tokenizer,
  marks: PromptMarks,
): number {
  const declarations = tools.map(
    ({ name, description, schema }) => `${name} ${description} ${JSON.stringify(schema)}`,
  )
  const texts = [...turns.map(({ text }) => text), ...declarations]
  return countTexts(texts, tokenizer) + texts.length * marks.perMessage + marks.perPrompt
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
