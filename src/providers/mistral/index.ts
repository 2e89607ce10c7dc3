import type { OpenAiProvider } from '../../ir/model-provider.ts'
import { mistralChat } from '../../protocols/openai-chat/index.ts'
import type { ProviderModule } from '../provider.ts'
import { compileOpenAiLike } from '../shared/openai-like.ts'

const parts = { name: 'mistral', chatFormat: mistralChat, endpoints: {} }

/** Mistral AI. */
export const mistral: ProviderModule<OpenAiProvider> = {
  compile: (config, { credential }) => compileOpenAiLike(config, credential, parts),
}
