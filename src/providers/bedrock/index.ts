import type { BedrockProvider } from '../../ir/model-provider.ts'
import { bedrockConverse } from '../../protocols/bedrock-converse/index.ts'
import type { PathRequest, ProviderEndpoint, ProviderModule } from '../provider.ts'
import { removeQueryCredentials } from '../shared/client-credentials.ts'
import { createEndpoint } from '../shared/endpoints.ts'
import { createTokenCredential } from '../shared/token-credential.ts'
import { splitVersion } from '../shared/versioned-path.ts'
import { createAwsCredential } from './aws-credential.ts'

const converse = createEndpoint('chat', bedrockConverse)
const converseStream = createEndpoint('chat', bedrockConverse, { streaming: true })

/** Amazon Bedrock's Converse API. */
export const bedrock: ProviderModule<BedrockProvider> = {
  compile(config, { credential: value, services }) {
    const credential =
      value.type === 'aws'
        ? createAwsCredential(value, { region: config.region, now: services.unixTimeMs })
        : createTokenCredential(value, { name: 'authorization', prefix: 'Bearer ' })
    if ('code' in credential) return credential
    return {
      name: 'bedrock',
      errorStyle: 'bedrock',
      modelPlace: 'path',
      model: config.model,
      signsBody: value.type === 'aws',
      findEndpoint,
      upstreamPath: (request, endpoint) => upstreamPath(config, request, endpoint),
      ...credential,
    }
  },
}

/** `/model/<id>/<operation>`, in which the id may hold an escaped slash; anything else is a route's own name. */
const modelOperation = /\/model\/[^/]+\/([a-z-]+)$/

function findEndpoint(method: string, path: string): ProviderEndpoint | undefined {
  if (method !== 'POST') return undefined
  const operation = modelOperation.exec(path)?.[1]
  if (operation === 'converse-stream') return converseStream
  if (operation === 'converse') return converse
  const namesPart = operation !== undefined || (splitVersion(path)?.segments.length ?? 0) > 0
  return namesPart ? undefined : converse
}

function upstreamPath(
  { model, path: override }: BedrockProvider,
  { path, query, streaming, model: backup }: PathRequest,
  endpoint: ProviderEndpoint | undefined,
): string {
  if (endpoint === undefined) return path + removeQueryCredentials(query)
  if (override?.type === 'full') return override.value
  const base = override?.value.replace(/\/+$/, '') ?? ''
  const operation = streaming ? 'converse-stream' : 'converse'
  return `${base}/model/${encodeURIComponent(backup ?? model)}/${operation}`
}
