import type { JsonObject } from '../provider.ts'

/** A chat call of any provider, as far as its answer depends on it. */
export interface ChatCall {
  /** Same seed, same answer. */
  readonly seed: string
  /** Instructions first, then the conversation in order. */
  readonly turns: readonly ChatTurn[]
  readonly tools: readonly ChatTool[]
  readonly toolChoice: ToolChoice
  /** JSON Schema that the text has to fit, for callers that ask for JSON. */
  readonly outputSchema: JsonObject | undefined
  readonly maxTokens: number | undefined
  readonly stop: readonly string[]
  /** Length that somebody asked for; see {@link SimulatedRequest}. */
  readonly wantedTokens: number | undefined
}

export interface ChatTurn {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  /** All that the model reads of it, tool calls and results included. */
  readonly text: string
}

/** A function that the model may ask for. */
export interface ChatTool {
  readonly name: string
  readonly description: string
  /** JSON Schema of its arguments. */
  readonly schema: JsonObject
}

/** `auto`: one that fits the question; `required`: the one that fits best; or the one of this name. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

/** The text of a message's content in the forms that providers share: a string, or parts with `text`. */
export function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map(partText).join('\n')
}

function partText(part: unknown): string {
  if (typeof part !== 'object' || part === null || !('text' in part)) return ''
  return typeof part.text === 'string' ? part.text : ''
}
