import { complete } from '../generation/completion.ts'
import { fingerprint } from '../generation/fingerprint.ts'
import type { Token, Tokenizer } from '../generation/tokenizer.ts'
import { argumentsFor } from './arguments-for.ts'
import type { ChatCall } from './chat-call.ts'
import { chooseTool } from './choose-tool.ts'

/** What a simulated model says: a text, or the call of a tool. */
export interface ChatAnswer {
  readonly text: string
  /** Of the text, or of the arguments of the tool call. */
  readonly tokens: readonly Token[]
  readonly end: 'finished' | 'stop-sequence' | 'length' | 'tool-call'
  readonly stopSequence: string | undefined
  readonly toolCall: ToolCall | undefined
}

export interface ToolCall {
  /** From which providers make an id of their own form. */
  readonly hash: string
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
  /** The arguments as JSON; its tokens are those of the answer. */
  readonly json: string
}

/** Answers a call: always the same way. */
export function answerChat(call: ChatCall, tokenizer: Tokenizer): ChatAnswer {
  const prompt = lastUserText(call)
  const tool = chooseTool(call, prompt)
  if (tool === undefined) {
    const { seed, maxTokens, stop, wantedTokens, outputSchema } = call
    const text = outputSchema && JSON.stringify(argumentsFor(outputSchema, prompt))
    const completion = complete({ seed, prompt, maxTokens, stop, wantedTokens, text }, tokenizer)
    return { ...completion, toolCall: undefined }
  }
  const values = argumentsFor(tool.schema, prompt)
  const json = JSON.stringify(values)
  const hash = fingerprint(call.seed, tool.name, json)
  return {
    text: '',
    tokens: tokenizer.split(json),
    end: 'tool-call',
    stopSequence: undefined,
    toolCall: { hash, name: tool.name, arguments: values, json },
  }
}

/** Text of the last message of the user: what the answer is about. */
function lastUserText({ turns }: Pick<ChatCall, 'turns'>): string {
  return turns.findLast(({ role }) => role === 'user')?.text ?? ''
}
