import type {
  ModelProvider,
  ProviderCredential,
  ProviderPath,
} from '../../../../ir/model-provider.ts'
import type { Member } from '../../kinds/ai/upstream-ai.ts'
import type { ProviderField } from './members.ts'

/** What every provider has. */
interface Parts {
  readonly credential: ProviderCredential
  readonly path: ProviderPath | undefined
}

/** A provider and where it is unless the Upstream says otherwise. */
interface ProviderDraft {
  readonly provider: ModelProvider
  readonly host: string
  readonly port?: number
}

/** What must be set, told by name. */
type Fields = Readonly<Record<string, string | undefined>>

type Reader<Field extends ProviderField> = (
  config: NonNullable<Member[Field]>,
  parts: Parts,
) => { readonly required: Fields; readonly draft: ProviderDraft }

const modelOf = ({ model }: { readonly model?: string }) => model || undefined

const schemas = {
  NOT_SET: 'gemini',
  GEMINI: 'gemini',
  ANTHROPIC: 'anthropic',
  OPENAI: 'openai',
} as const

/** Reads what providers have of their own. Defaults are those of solo-io/gloo's ai.proto, but for Mistral’s host. */
export const providerReaders: { readonly [Field in ProviderField]: Reader<Field> } = {
  openai: (config, parts) => ({
    required: {},
    draft: {
      provider: { type: 'openai', ...parts, model: modelOf(config) },
      host: 'api.openai.com',
    },
  }),
  // The proto's comment names api.mistral.com, where nothing answers.
  mistral: (config, parts) => ({
    required: {},
    draft: {
      provider: { type: 'mistral', ...parts, model: modelOf(config) },
      host: 'api.mistral.ai',
    },
  }),
  anthropic: (config, parts) => ({
    required: {},
    draft: {
      provider: {
        type: 'anthropic',
        ...parts,
        model: modelOf(config),
        version: config.version || undefined,
      },
      host: 'api.anthropic.com',
    },
  }),
  azureOpenai: ({ endpoint = '', deploymentName = '', apiVersion = '', customHost }, parts) => {
    const { host, port } = splitEndpoint(endpoint)
    return {
      required: {
        ...(customHost === undefined ? { endpoint: host } : {}),
        deploymentName,
        apiVersion,
      },
      draft: {
        provider: { type: 'azure-openai', ...parts, deployment: deploymentName, apiVersion },
        host,
        ...(port === undefined ? {} : { port }),
      },
    }
  },
  gemini: ({ model = '', apiVersion = '' }, parts) => ({
    required: { model, apiVersion },
    draft: {
      provider: { type: 'gemini', ...parts, model, apiVersion },
      host: 'generativelanguage.googleapis.com',
    },
  }),
  vertexAi: (config, parts) => {
    const { model = '', apiVersion = '', projectId = '', location = '' } = config
    const modelPath = config.modelPath || undefined
    const schema = schemas[config.jsonSchema ?? 'NOT_SET']
    return {
      required: { ...(modelPath === undefined ? { model } : {}), apiVersion, projectId, location },
      draft: {
        provider: {
          ...{ type: 'vertex-ai', ...parts, model, apiVersion, projectId, location },
          ...{ publisher: 'google', modelPath, schema },
        },
        host: location === 'global' ? googleHost : `${location}-${googleHost}`,
      },
    }
  },
  bedrock: ({ model = '', region = '' }, parts) => ({
    required: { model, region },
    draft: {
      provider: { type: 'bedrock', ...parts, model, region },
      host: `bedrock-runtime.${region}.amazonaws.com`,
    },
  }),
}

const googleHost = 'aiplatform.googleapis.com'

/** The host, and the port if one is written, of `https://name.openai.azure.com/`. */
function splitEndpoint(endpoint: string): { readonly host: string; readonly port?: number } {
  const authority = endpoint.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '')
  const match = /^([^:]+):(\d{1,5})$/.exec(authority)
  return match?.[1] === undefined ? { host: authority } : { host: match[1], port: Number(match[2]) }
}
