/** What a request gives a model to read. */
export interface Prompt {
  readonly texts: readonly string[]
  /** Tokens that are there beside those of the texts. */
  readonly extraTokens: number
  /** Pictures, sounds and files, none of which is among the texts. */
  readonly attachments: number
  /** The field that makes the model read what is not in the request; undefined: none does. */
  readonly unseen: string | undefined
}

/** What a model reads before each message, and before its answer, as OpenAI tells of its models. */
export const tokensPerMessage = 3
export const tokensPerName = 1
export const tokensOfAnswerStart = 3

/** Where formats put what the model is told beside the messages. */
export const instructions = [
  ...['system', 'instructions', 'systemInstruction', 'system_instruction'],
] as const
