import type { ModelCall } from '../../../llm/model-call.ts'
import type { ModelRequest } from '../../../llm/model-request.ts'

const answersWithoutTokens = new Set(['embedding', 'moderation', 'count-tokens'])

/**
 * The most tokens that may come out of a call, which its provider will be told. A call that does not say it is told to make no more than
 * `defaultOutputTokens` per answer.
 */
export function limitOutput(call: ModelCall, request: ModelRequest, bounds: OutputBounds): number {
  if (answersWithoutTokens.has(call.operation)) return 0
  call.outputIsLimited = true
  const perAnswer = outputPerAnswer(call, request, bounds)
  // What a provider has taken from a prediction and thrown away it bills as output.
  const predicted = request.json['prediction'] === undefined ? 0 : bounds.inputTokens
  const answers = request.choiceCount() * promptCount(request.json['prompt'])
  return (perAnswer + predicted) * answers
}

/** What limits the output of a call beside its own words. */
export interface OutputBounds {
  readonly defaultOutputTokens: number
  /** Infinite: as many as its client allows. */
  readonly mostOutputTokens: number
  readonly inputTokens: number
}

function outputPerAnswer(
  { operation }: ModelCall,
  request: ModelRequest,
  { defaultOutputTokens, mostOutputTokens }: OutputBounds,
): number {
  const own = request.maxOutputTokens()
  // Other parts of an API answer without tokens.
  if (own === 0 && operation === 'platform') return 0
  // To some servers no tokens at all are no limit.
  const told = Math.min(mostOutputTokens, own === 0 ? 1 : (own ?? defaultOutputTokens))
  request.setMaxOutputTokens(told)
  return told
}

/** A completion answers each prompt of a list; a list of numbers is one prompt of tokens. */
function promptCount(prompt: unknown): number {
  const several = Array.isArray(prompt) && prompt.length > 0 && typeof prompt[0] !== 'number'
  return several ? prompt.length : 1
}
