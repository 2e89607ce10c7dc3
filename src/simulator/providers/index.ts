import type { SimulatedProvider } from '../provider.ts'
import { anthropic } from './anthropic/index.ts'
import { azureOpenai } from './azure-openai/index.ts'
import { bedrock } from './bedrock/index.ts'
import { gemini } from './gemini/index.ts'
import { googleOauth } from './google-oauth/index.ts'
import { huggingFace } from './huggingface/index.ts'
import { mistral } from './mistral/index.ts'
import { openai } from './openai/index.ts'
import { vertexAi } from './vertex-ai/index.ts'

/** Every provider that is simulated; a new one is a folder and a line here. */
export const providers: readonly SimulatedProvider[] = [
  openai,
  mistral,
  huggingFace,
  anthropic,
  gemini,
  vertexAi,
  googleOauth,
  bedrock,
  azureOpenai,
]
