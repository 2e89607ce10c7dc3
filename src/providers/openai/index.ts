import type { OpenAiProvider } from '../../ir/model-provider.ts'
import { openAiChat } from '../../protocols/openai-chat/index.ts'
import { openAiCompletions } from '../../protocols/openai-completions/index.ts'
import { openAiConversations } from '../../protocols/openai-conversations/index.ts'
import { openAiEmbeddings } from '../../protocols/openai-embeddings/index.ts'
import { openAiImages } from '../../protocols/openai-images/index.ts'
import { openAiModerations } from '../../protocols/openai-moderations/index.ts'
import { openAiResponses } from '../../protocols/openai-responses/index.ts'
import { openAiSpeech } from '../../protocols/openai-speech/index.ts'
import type { ProviderModule } from '../provider.ts'
import { createEndpoint, createPlatformEndpoint } from '../shared/endpoints.ts'
import { compileOpenAiLike } from '../shared/openai-like.ts'

const parts = {
  name: 'openai',
  chat: createEndpoint('chat', openAiChat),
  endpoints: {
    completions: createPlatformEndpoint({ operation: 'completion', format: openAiCompletions }),
    embeddings: createPlatformEndpoint({ operation: 'embedding', format: openAiEmbeddings }),
    moderations: createPlatformEndpoint({ operation: 'moderation', format: openAiModerations }),
    responses: createPlatformEndpoint({ operation: 'chat', format: openAiResponses }),
    'images/generations': createPlatformEndpoint({ format: openAiImages }),
    'audio/speech': createPlatformEndpoint({ format: openAiSpeech }),
  },
  resources: { conversations: createPlatformEndpoint({ format: openAiConversations }) },
}

/** OpenAI, and servers that speak like it. */
export const openai: ProviderModule<OpenAiProvider> = {
  compile: (config, { credential }) => compileOpenAiLike(config, credential, parts),
}
