import type { GeminiProvider } from '../../ir/model-provider.ts'
import {
  geminiCountTokens,
  geminiEmbedContent,
  geminiGenerateContent,
} from '../../protocols/gemini-generate-content/index.ts'
import type { PathRequest, ProviderEndpoint, ProviderModule } from '../provider.ts'
import { removeQueryCredentials } from '../shared/client-credentials.ts'
import { createEndpoint, createPlatformEndpoint } from '../shared/endpoints.ts'
import { asksForEvents, readModelAction } from '../shared/google-actions.ts'
import { createGoogleCredential } from '../shared/google-credential.ts'
import { rebasePath, splitVersion } from '../shared/versioned-path.ts'

const generate = createEndpoint('chat', geminiGenerateContent)
const stream = createEndpoint('chat', geminiGenerateContent, { streaming: true })
const countTokens = createEndpoint('count-tokens', geminiCountTokens, { untouched: true })
const models = createPlatformEndpoint({ textless: true })
/** Models that embed are others than those that write, so the path's counts. */
const embedding = { untouched: true, streaming: false }
const embeddings = new Set(['embedContent', 'batchEmbedContents'])

/** Google's Gemini API, where the path names the model and what it is to do. */
export const gemini: ProviderModule<GeminiProvider> = {
  compile(config, parts) {
    const credential = createGoogleCredential(parts, { name: 'x-goog-api-key', prefix: '' })
    if ('code' in credential) return credential
    return {
      name: 'gemini',
      errorStyle: 'gemini',
      modelPlace: 'path',
      model: config.model,
      findEndpoint,
      upstreamPath: (request, endpoint) => upstreamPath(config, request, endpoint),
      ...credential,
    }
  },
}

function findEndpoint(method: string, path: string): ProviderEndpoint | undefined {
  const asked = readModelAction(path)
  if (asked === 'unknown') return isModelList(method, path) ? models : undefined
  if (method !== 'POST') return undefined
  if (asked === 'own') return generate
  const { model, action } = asked
  if (action === 'generateContent') return generate
  if (action === 'streamGenerateContent') return stream
  if (action === 'countTokens') return countTokens
  if (!embeddings.has(action)) return undefined
  return createEndpoint('embedding', geminiEmbedContent, { ...embedding, model })
}

function isModelList(method: string, path: string): boolean {
  const [api, model = '', ...more] = splitVersion(path)?.segments ?? []
  return method === 'GET' && api === 'models' && more.length === 0 && /^[\w.@-]*$/.test(model)
}

function upstreamPath(
  { apiVersion, model, path: override }: GeminiProvider,
  { path, query, streaming, model: backup }: PathRequest,
  endpoint: ProviderEndpoint | undefined,
): string {
  const base = override?.type === 'base' ? override.value.replace(/\/+$/, '') : `/${apiVersion}`
  const isChat = endpoint === generate || endpoint === stream
  if (isChat && override?.type === 'full') return override.value
  if (isChat) {
    const asEvents = endpoint === generate || asksForEvents(query)
    const action = streaming
      ? `streamGenerateContent${asEvents ? '?alt=sse' : ''}`
      : 'generateContent'
    return `${base}/models/${modelSegment(backup ?? model)}:${action}`
  }
  const asked = readModelAction(path)
  if (endpoint === undefined || typeof asked === 'string')
    return rebasePath(path, override?.value) + removeQueryCredentials(query)
  return `${base}/models/${modelSegment(endpoint.model ?? model)}:${asked.action}`
}

const modelSegment = (model: string) => model.split('/').map(encodeURIComponent).join('/')
