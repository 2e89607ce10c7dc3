import type { GatewayError } from '../../errors/gateway-error.ts'
import type { OpenAiProvider } from '../../ir/model-provider.ts'
import type { CompiledProvider, CredentialValue, ProviderEndpoint } from '../provider.ts'
import { removeQueryCredentials } from './client-credentials.ts'
import { createPlatformEndpoint } from './endpoints.ts'
import { ownPath, platformPath, readPath } from './openai-paths.ts'
import { createTokenCredential } from './token-credential.ts'

/** In what providers of OpenAI's kind differ. */
export interface OpenAiLikeParts {
  readonly name: string
  /** One object for all pools of a backend: each of them must know the endpoint that the first has found. */
  readonly chat: ProviderEndpoint
  /** Endpoints beside chat whose bodies are known, by what follows the version in their paths; they are called by POST. */
  readonly endpoints: Readonly<Record<string, ProviderEndpoint>>
  /** Parts of the API of which every body is known, whatever the method, by the first segment after the version. */
  readonly resources: Readonly<Record<string, ProviderEndpoint>>
}

const models = createPlatformEndpoint({ textless: true })
const platform = createPlatformEndpoint()

/** Makes a provider that speaks OpenAI's API. */
export function compileOpenAiLike(
  config: OpenAiProvider,
  value: CredentialValue,
  parts: OpenAiLikeParts,
): CompiledProvider | GatewayError {
  const credential = createTokenCredential(value, { name: 'authorization', prefix: 'Bearer ' })
  if ('code' in credential) return credential
  return {
    name: parts.name,
    errorStyle: 'openai',
    modelPlace: 'body',
    model: config.model,
    ...(config.outputLimitField && { outputLimitField: config.outputLimitField }),
    findEndpoint: (method, path) => findEndpoint(method, path, parts),
    upstreamPath({ path, query }, endpoint) {
      if (endpoint === parts.chat) {
        return ownPath('/v1/chat/completions', '/chat/completions', config.path)
      }
      return platformPath(path, config.path) + removeQueryCredentials(query)
    },
    ...credential,
  }
}

function findEndpoint(
  method: string,
  path: string,
  { chat, endpoints, resources }: OpenAiLikeParts,
): ProviderEndpoint | undefined {
  const meaning = readPath(path, ['chat', 'completions'])
  if (meaning.type === 'own') return method === 'POST' ? chat : undefined
  if (meaning.type === 'unknown') return undefined
  const { api, rest } = meaning
  if (api === 'models') return method === 'GET' ? models : platform
  if (Object.hasOwn(resources, api)) return resources[api]
  const name = [api, ...rest].join('/')
  if (method !== 'POST' || !Object.hasOwn(endpoints, name)) return platform
  return endpoints[name]
}
