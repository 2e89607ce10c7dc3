import type { VertexAiProvider } from '../../ir/model-provider.ts'
import type { WireFormat } from '../../llm/wire-format.ts'
import { anthropicMessages } from '../../protocols/anthropic-messages/index.ts'
import {
  geminiCountTokens,
  geminiGenerateContent,
} from '../../protocols/gemini-generate-content/index.ts'
import { openAiChat } from '../../protocols/openai-chat/index.ts'
import type { ErrorStyle, PathRequest, ProviderEndpoint, ProviderModule } from '../provider.ts'
import { removeQueryCredentials } from '../shared/client-credentials.ts'
import { createEndpoint } from '../shared/endpoints.ts'
import { asksForEvents, readModelAction } from '../shared/google-actions.ts'
import { createGoogleCredential } from '../shared/google-credential.ts'

interface Schema {
  readonly format: WireFormat
  readonly errorStyle: ErrorStyle
  readonly whole: string
  readonly stream: string
}

/** How models of each kind are called: Google's own in their way, those of partners with the bodies of their own APIs. */
const schemas: Readonly<Record<VertexAiProvider['schema'], Schema>> = {
  gemini: {
    format: geminiGenerateContent,
    errorStyle: 'gemini',
    whole: 'generateContent',
    stream: 'streamGenerateContent',
  },
  anthropic: {
    format: anthropicMessages,
    errorStyle: 'anthropic',
    whole: 'rawPredict',
    stream: 'streamRawPredict',
  },
  openai: {
    format: openAiChat,
    errorStyle: 'openai',
    whole: 'rawPredict',
    stream: 'streamRawPredict',
  },
}

interface Endpoints {
  readonly whole: ProviderEndpoint
  readonly stream: ProviderEndpoint
  readonly countTokens: ProviderEndpoint
}

function createEndpoints({ format }: Schema): Endpoints {
  return {
    whole: createEndpoint('chat', format),
    stream: createEndpoint('chat', format, { streaming: true }),
    countTokens: createEndpoint('count-tokens', geminiCountTokens, { untouched: true }),
  }
}

/** The same for all pools of a backend: each of them must know the endpoint that the first has found. */
const endpointsOf: Readonly<Record<VertexAiProvider['schema'], Endpoints>> = {
  gemini: createEndpoints(schemas.gemini),
  anthropic: createEndpoints(schemas.anthropic),
  openai: createEndpoints(schemas.openai),
}

/** Google's Vertex AI, where the path names project, location, model and what it is to do. */
export const vertexAi: ProviderModule<VertexAiProvider> = {
  compile(config, parts) {
    const credential = createGoogleCredential(parts, { name: 'authorization', prefix: 'Bearer ' })
    if ('code' in credential) return credential
    const schema = schemas[config.schema]
    const endpoints = endpointsOf[config.schema]
    return {
      name: 'vertex_ai',
      errorStyle: schema.errorStyle,
      modelPlace: 'path',
      model: config.model === '' ? undefined : config.model,
      // Models of partners know no other name for it.
      ...(config.schema === 'openai' && { outputLimitField: 'max_tokens' }),
      findEndpoint: (method, path) => findEndpoint(endpoints, schema, { method, path }),
      upstreamPath: (request, endpoint) =>
        upstreamPath(config, { ...request, isStream: endpoint === endpoints.stream }, endpoint),
      ...credential,
    }
  },
}

function findEndpoint(
  endpoints: Endpoints,
  schema: Schema,
  { method, path }: { readonly method: string; readonly path: string },
): ProviderEndpoint | undefined {
  const asked = readModelAction(path)
  if (method !== 'POST' || asked === 'unknown') return undefined
  if (asked === 'own' || asked.action === schema.whole) return endpoints.whole
  if (asked.action === schema.stream) return endpoints.stream
  const counts = asked.action === 'countTokens' && schema.format === geminiGenerateContent
  return counts ? endpoints.countTokens : undefined
}

function upstreamPath(
  config: VertexAiProvider,
  request: PathRequest & { readonly isStream: boolean },
  endpoint: ProviderEndpoint | undefined,
): string {
  const { path: override, modelPath } = config
  if (endpoint === undefined) return request.path + removeQueryCredentials(request.query)
  if (override?.type === 'full' && endpoint.operation === 'chat') return override.value
  const place = `/projects/${config.projectId}/locations/${config.location}/publishers/${config.publisher}/models/`
  const base = override?.value.replace(/\/+$/, '') ?? `/${config.apiVersion}`
  const own = modelPath !== undefined && endpoint.operation === 'chat'
  return base + place + (own ? modelPath : modelAction(config, request, endpoint))
}

function modelAction(
  { model, schema }: VertexAiProvider,
  { isStream, model: backup, query, streaming }: PathRequest & { readonly isStream: boolean },
  endpoint: ProviderEndpoint,
): string {
  const name = encodeURIComponent(backup ?? model)
  if (endpoint.operation === 'count-tokens') return `${name}:countTokens`
  if (!streaming) return `${name}:${schemas[schema].whole}`
  const asEvents = schema === 'gemini' && (!isStream || asksForEvents(query))
  return `${name}:${schemas[schema].stream}${asEvents ? '?alt=sse' : ''}`
}
