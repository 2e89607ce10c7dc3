import type { Answer } from '../../provider.ts'
import { googleAnswer, googleError } from './errors.ts'

/** Those that `models.list` names; a call may name any other. */
const models = [
  { id: 'gemini-2.5-flash', display: 'Gemini 2.5 Flash', embeds: false, input: 1_048_576 },
  { id: 'gemini-2.5-pro', display: 'Gemini 2.5 Pro', embeds: false, input: 1_048_576 },
  {
    id: 'gemini-2.5-flash-lite',
    display: 'Gemini 2.5 Flash-Lite',
    embeds: false,
    input: 1_048_576,
  },
  { id: 'gemini-embedding-001', display: 'Gemini Embedding 001', embeds: true, input: 2048 },
].map(({ id, display, embeds, input }) => ({
  name: `models/${id}`,
  version: '001',
  displayName: display,
  description: `Simulated ${display}`,
  inputTokenLimit: input,
  outputTokenLimit: embeds ? 1 : 65_536,
  supportedGenerationMethods: embeds
    ? ['embedContent', 'countTokens']
    : ['generateContent', 'countTokens'],
  ...(embeds ? {} : { temperature: 1, topP: 0.95, topK: 64 }),
}))

/** `models.list`, or with a name `models.get`. */
export function answerModels(version: string, name: string | undefined): Answer {
  if (name === undefined) return googleAnswer(200, { models })
  const model = models.find((candidate) => candidate.name === `models/${name}`)
  if (model !== undefined) return googleAnswer(200, model)
  return googleError(
    404,
    `models/${name} is not found for API version ${version}, or is not supported for getModel. Call ListModels to see the list of available models and their supported methods.`,
  )
}
