import type { SecretReference } from './secret-reference.ts'

/** How an endpoint of a backend is spoken to when it is a provider of language models. */
export type ModelProvider =
  | OpenAiProvider
  | AnthropicProvider
  | AzureOpenAiProvider
  | GeminiProvider
  | VertexAiProvider
  | BedrockProvider

interface ProviderParts {
  readonly credential: ProviderCredential
  /** Stands in for the provider's own path; undefined: the provider's. */
  readonly path: ProviderPath | undefined
}

export interface ProviderPath {
  /** `full` is the whole path; `base` stands before what the provider's path ends in. */
  readonly type: 'full' | 'base'
  readonly value: string
}

/** What the provider is shown. */
export type ProviderCredential =
  /** The client's own. */
  | { readonly type: 'passthrough' }
  | { readonly type: 'none' }
  /** With or without a leading `Bearer `. */
  | { readonly type: 'token'; readonly secret: SecretReference }
  /** Signature Version 4. */
  | {
      readonly type: 'aws'
      readonly accessKeyId: SecretReference
      readonly secretAccessKey: SecretReference
      readonly sessionToken: SecretReference | undefined
    }
  /** The JSON key file of a service account, exchanged for access tokens. */
  | { readonly type: 'gcp-service-account'; readonly secret: SecretReference }

interface OpenAiLimit {
  /**
   * Where a limit of output tokens that others rely on must stand: servers that only speak like OpenAI pass over its newer name. Left
   * out: where the client has put it.
   */
  readonly outputLimitField?: 'max_tokens'
}

export interface OpenAiProvider extends ProviderParts, OpenAiLimit {
  readonly type: 'openai' | 'mistral'
  /** Replaces the model that the client asks for. */
  readonly model: string | undefined
}

export interface AnthropicProvider extends ProviderParts {
  readonly type: 'anthropic'
  readonly model: string | undefined
  /** Value of `anthropic-version`; undefined: the client's, or the default. */
  readonly version: string | undefined
}

export interface AzureOpenAiProvider extends ProviderParts, OpenAiLimit {
  readonly type: 'azure-openai'
  readonly deployment: string
  readonly apiVersion: string
}

export interface GeminiProvider extends ProviderParts {
  readonly type: 'gemini'
  readonly model: string
  readonly apiVersion: string
}

export interface VertexAiProvider extends ProviderParts {
  readonly type: 'vertex-ai'
  readonly model: string
  readonly apiVersion: string
  readonly projectId: string
  readonly location: string
  readonly publisher: string
  /** Stands in for `<model>:<action>`. */
  readonly modelPath: string | undefined
  /** What bodies look like. */
  readonly schema: 'gemini' | 'anthropic' | 'openai'
}

export interface BedrockProvider extends ProviderParts {
  readonly type: 'bedrock'
  readonly model: string
  readonly region: string
}
