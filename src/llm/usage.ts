/** What a call to a model has used, in tokens. */
export interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  /** As the provider says, or the sum. */
  readonly totalTokens: number
  /** Of the input, those that the provider took from a cache. */
  readonly cachedInputTokens: number
  /** Of the output, those that the model thought with. */
  readonly reasoningTokens: number
  /** True: the provider did not say, so the gateway has counted. */
  readonly estimated: boolean
}
