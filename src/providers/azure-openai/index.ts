import type { AzureOpenAiProvider } from '../../ir/model-provider.ts'
import { openAiChat } from '../../protocols/openai-chat/index.ts'
import type { ProviderEndpoint, ProviderModule } from '../provider.ts'
import { removeQueryCredentials } from '../shared/client-credentials.ts'
import { createEndpoint } from '../shared/endpoints.ts'
import { createTokenCredential } from '../shared/token-credential.ts'
import { isAmbiguousPath, splitVersion } from '../shared/versioned-path.ts'

const chat = createEndpoint('chat', openAiChat)

/** Azure OpenAI, where the path names a deployment and so the model. */
export const azureOpenAi: ProviderModule<AzureOpenAiProvider> = {
  compile(config, parts) {
    const credential = createTokenCredential(parts.credential, { name: 'api-key', prefix: '' })
    if ('code' in credential) return credential
    return {
      name: 'azure_openai',
      errorStyle: 'openai',
      modelPlace: 'path',
      model: config.deployment,
      ...(config.outputLimitField && { outputLimitField: config.outputLimitField }),
      findEndpoint,
      upstreamPath: ({ path, query, model }, endpoint) =>
        endpoint === chat
          ? chatPath(config, model ?? config.deployment)
          : path + removeQueryCredentials(query),
      ...credential,
    }
  },
}

function chatPath({ apiVersion, path }: AzureOpenAiProvider, deployment: string): string {
  if (path?.type === 'full') return path.value
  const base =
    path?.value.replace(/\/+$/, '') ?? `/openai/deployments/${encodeURIComponent(deployment)}`
  return `${base}/chat/completions?api-version=${encodeURIComponent(apiVersion)}`
}

/** A path that names no part of the API is a route's own name for chat. */
function findEndpoint(method: string, path: string): ProviderEndpoint | undefined {
  if (method !== 'POST' || isAmbiguousPath(path)) return undefined
  if (path.endsWith('/chat/completions')) return chat
  const namesPart = path.includes('/deployments/') || (splitVersion(path)?.segments.length ?? 0) > 0
  return namesPart ? undefined : chat
}
