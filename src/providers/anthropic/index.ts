import type { AnthropicProvider } from '../../ir/model-provider.ts'
import {
  anthropicCountTokens,
  anthropicMessages,
} from '../../protocols/anthropic-messages/index.ts'
import type { ProviderEndpoint, ProviderModule } from '../provider.ts'
import { removeQueryCredentials } from '../shared/client-credentials.ts'
import { createEndpoint, createPlatformEndpoint } from '../shared/endpoints.ts'
import { ownPath, platformPath, readPath } from '../shared/openai-paths.ts'
import { createTokenCredential } from '../shared/token-credential.ts'
import { splitVersion } from '../shared/versioned-path.ts'

/** For clients that name none; the API answers nothing without. */
const defaultVersion = '2023-06-01'

const messages = createEndpoint('chat', anthropicMessages)
const countTokens = createPlatformEndpoint({
  operation: 'count-tokens',
  format: anthropicCountTokens,
})
const models = createPlatformEndpoint({ textless: true })
const platform = createPlatformEndpoint()

/** Anthropic's Messages API. */
export const anthropic: ProviderModule<AnthropicProvider> = {
  compile(config, parts) {
    const credential = createTokenCredential(parts.credential, { name: 'x-api-key', prefix: '' })
    if ('code' in credential) return credential
    const { version } = config
    return {
      name: 'anthropic',
      errorStyle: 'anthropic',
      modelPlace: 'body',
      model: config.model,
      findEndpoint,
      upstreamPath({ path, query }, endpoint) {
        if (endpoint === messages) return ownPath('/v1/messages', '/messages', config.path)
        return platformPath(path, config.path) + removeQueryCredentials(query)
      },
      withholdCredentials: credential.withholdCredentials,
      authorize(request) {
        const { headers } = request
        if (version !== undefined) headers.set('anthropic-version', version)
        else if (!headers.has('anthropic-version')) headers.set('anthropic-version', defaultVersion)
        return credential.authorize(request)
      },
      credentialsIn: credential.credentialsIn,
    }
  },
}

function findEndpoint(method: string, path: string): ProviderEndpoint | undefined {
  const meaning = readPath(path, ['messages'])
  switch (meaning.type) {
    case 'own':
      return method === 'POST' ? messages : undefined
    case 'platform':
      return meaning.api === 'models' && method === 'GET' ? models : platform
    case 'unknown':
      return method === 'POST' && isCountTokens(path) ? countTokens : undefined
  }
}

function isCountTokens(path: string): boolean {
  return splitVersion(path)?.segments.join('/') === 'messages/count_tokens'
}
