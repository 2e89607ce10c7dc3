import type { GatewayError } from '../errors/gateway-error.ts'
import type { ModelProvider } from '../ir/model-provider.ts'
import { anthropic } from './anthropic/index.ts'
import { azureOpenAi } from './azure-openai/index.ts'
import { bedrock } from './bedrock/index.ts'
import { gemini } from './gemini/index.ts'
import { mistral } from './mistral/index.ts'
import { openai } from './openai/index.ts'
import type { CompiledProvider, ProviderParts } from './provider.ts'
import { vertexAi } from './vertex-ai/index.ts'

/** Compiles `config` with the module of its type. */
export function compileProvider(
  config: ModelProvider,
  parts: ProviderParts,
): CompiledProvider | GatewayError {
  switch (config.type) {
    case 'anthropic':
      return anthropic.compile(config, parts)
    case 'azure-openai':
      return azureOpenAi.compile(config, parts)
    case 'gemini':
      return gemini.compile(config, parts)
    case 'vertex-ai':
      return vertexAi.compile(config, parts)
    case 'bedrock':
      return bedrock.compile(config, parts)
    case 'openai':
      return openai.compile(config, parts)
    case 'mistral':
      return mistral.compile(config, parts)
  }
}
