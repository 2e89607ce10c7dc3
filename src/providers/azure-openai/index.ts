import type { AzureOpenAiProvider } from '../../ir/model-provider.ts'
import { openAiChat } from '../../protocols/openai-chat/index.ts'
import { openAiCompletions } from '../../protocols/openai-completions/index.ts'
import { openAiEmbeddings } from '../../protocols/openai-embeddings/index.ts'
import type { ProviderEndpoint, ProviderModule } from '../provider.ts'
import { removeQueryCredentials } from '../shared/client-credentials.ts'
import { createEndpoint, createPlatformEndpoint } from '../shared/endpoints.ts'
import { createTokenCredential } from '../shared/token-credential.ts'
import { isAmbiguousPath, splitVersion } from '../shared/versioned-path.ts'

const chat = createEndpoint('chat', openAiChat)

/** What else can be asked of a deployment, by the end of the path. */
const otherEndpoints: ReadonlyMap<ProviderEndpoint, string> = new Map([
  [createPlatformEndpoint({ operation: 'embedding', format: openAiEmbeddings }), '/embeddings'],
  [createPlatformEndpoint({ operation: 'completion', format: openAiCompletions }), '/completions'],
])

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
      upstreamPath({ path, query, model }, endpoint) {
        if (endpoint === chat) return chatPath(config, model ?? config.deployment)
        const operation = endpoint && otherEndpoints.get(endpoint)
        return operation === undefined
          ? path + removeQueryCredentials(query)
          : deploymentPath(config, config.deployment, operation)
      },
      ...credential,
    }
  },
}

function chatPath(config: AzureOpenAiProvider, deployment: string): string {
  const { path } = config
  return path?.type === 'full'
    ? path.value
    : deploymentPath(config, deployment, '/chat/completions')
}

/** The deployment is the configured one, whatever the client's path says: the credential is held for it. */
function deploymentPath(
  { apiVersion, path }: AzureOpenAiProvider,
  deployment: string,
  operation: string,
): string {
  const base =
    path?.type === 'base'
      ? path.value.replace(/\/+$/, '')
      : `/openai/deployments/${encodeURIComponent(deployment)}`
  return `${base}${operation}?api-version=${encodeURIComponent(apiVersion)}`
}

/** A path that names no part of the API is a route's own name for chat. */
function findEndpoint(method: string, path: string): ProviderEndpoint | undefined {
  if (method !== 'POST' || isAmbiguousPath(path)) return undefined
  if (path.endsWith('/chat/completions')) return chat
  const asked = /\/deployments\/[^/]+(\/\w+)$/.exec(path)?.[1]
  for (const [endpoint, operation] of otherEndpoints) if (asked === operation) return endpoint
  const namesPart = path.includes('/deployments/') || (splitVersion(path)?.segments.length ?? 0) > 0
  return namesPart ? undefined : chat
}
