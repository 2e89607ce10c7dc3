import type { OpenAiProvider } from '../../ir/model-provider.ts'
import { openAiChat } from '../../protocols/openai-chat/index.ts'
import type { ProviderModule } from '../provider.ts'
import { compileOpenAiLike } from '../shared/openai-like.ts'

const parts = { name: 'openai', chatFormat: openAiChat, endpoints: {} }

/** OpenAI, and servers that speak like it. */
export const openai: ProviderModule<OpenAiProvider> = {
  compile: (config, { credential }) => compileOpenAiLike(config, credential, parts),
}
