import type { OpenAiProvider } from '../../ir/model-provider.ts'
import { mistralChat } from '../../protocols/openai-chat/index.ts'
import { openAiEmbeddings } from '../../protocols/openai-embeddings/index.ts'
import type { ProviderModule } from '../provider.ts'
import { createEndpoint, createPlatformEndpoint } from '../shared/endpoints.ts'
import { compileOpenAiLike } from '../shared/openai-like.ts'

const parts = {
  name: 'mistral',
  chat: createEndpoint('chat', mistralChat),
  endpoints: {
    embeddings: createPlatformEndpoint({ operation: 'embedding', format: openAiEmbeddings }),
  },
  resources: {},
}

/** Mistral AI. */
export const mistral: ProviderModule<OpenAiProvider> = {
  compile: (config, { credential }) => compileOpenAiLike(config, credential, parts),
}
