import type { GatewayError } from '../errors/gateway-error.ts'
import type { ModelProvider } from '../ir/model-provider.ts'
import type { HeaderList } from '../lib/http/header-list.ts'
import type { ModelOperation } from '../llm/model-call.ts'
import type { WireFormat } from '../llm/wire-format.ts'

/** What a client's path stands for at a provider. */
export interface ProviderEndpoint {
  readonly operation: ModelOperation
  /** Undefined: bodies of this endpoint are not read; a policy that must read them refuses the call. */
  readonly format: WireFormat | undefined
  /** True: model, defaults, enrichment and streaming flags leave the body as it is. */
  readonly untouched: boolean
  /** True: neither what is asked nor what is answered holds texts, as in a list of models; nothing is kept from policies. */
  readonly textless: boolean
  /** The path says whether the answer is to be a stream; undefined: the body does. */
  readonly streaming: boolean | undefined
  /** What the path asks for; undefined: the body does. */
  readonly model: string | undefined
}

/** What the path of a try depends on. */
export interface PathRequest {
  /** Of the client, normalised, after the route's rewrite. */
  readonly path: string
  /** With its `?`, or empty. */
  readonly query: string
  /** The answer is to come as a stream. */
  readonly streaming: boolean
  /** Takes the place of every other model; undefined: the configured one, or the client's. */
  readonly model: string | undefined
}

/** A try as it is about to be sent. */
export interface SentRequest {
  readonly method: string
  /** With query. */
  readonly path: string
  readonly host: string
  /** Changed in place. */
  readonly headers: HeaderList
  readonly body: Buffer | undefined
}

/** The values that a credential consists of, read from secrets when the configuration was compiled. */
export type CredentialValue =
  | { readonly type: 'passthrough' | 'none' }
  | { readonly type: 'token'; readonly token: string }
  | {
      readonly type: 'aws'
      readonly accessKeyId: string
      readonly secretAccessKey: string
      readonly sessionToken: string | undefined
    }
  | { readonly type: 'gcp-service-account'; readonly keyFile: string }

/** In which form a provider's clients expect errors. */
export type ErrorStyle = 'openai' | 'anthropic' | 'gemini' | 'bedrock'

/** An endpoint's provider after compilation. */
export interface CompiledProvider {
  /** As vendors' metrics name it. */
  readonly name: string
  readonly errorStyle: ErrorStyle
  /** Where requests say which model they are for. */
  readonly modelPlace: 'body' | 'path'
  /** The model that takes the place of the client's; undefined: the client's stays. */
  readonly model: string | undefined
  /** What it calls the limit of output tokens of a chat; left out: what the format of the endpoint does. */
  readonly outputLimitField?: string
  /** True: a signature covers the body, so it is read whole before any try. */
  readonly signsBody?: boolean
  /** Which endpoint of the provider's API a client's path stands for; undefined: none that is known. */
  findEndpoint(method: string, path: string): ProviderEndpoint | undefined
  /** Path and query that go upstream. */
  upstreamPath(request: PathRequest, endpoint: ProviderEndpoint | undefined): string
  /** Takes the client's own credentials out of a try's headers unless they are what the provider is shown. */
  withholdCredentials(headers: HeaderList): void
  /** Puts the credential in; last before sending, since a signature covers everything. */
  authorize(request: SentRequest): GatewayError | undefined | Promise<GatewayError | undefined>
  /** What of a credential of the gateway's a try with these headers shows or is signed with; nothing where it is the client's own. */
  credentialsIn(headers: HeaderList): readonly string[]
}

/** What providers need of the gateway that runs them. */
export interface ProviderServices {
  /** Milliseconds since the Unix epoch on the machine's clock. */
  unixTimeMs(): number
  /** Calls a public service by HTTPS, such as one that hands out access tokens; never rejects. */
  callHost(host: string, call: HostCall): Promise<HostAnswer | GatewayError>
}

/** A small request to a public service. */
export interface HostCall {
  readonly method: string
  readonly path: string
  readonly headers: HeaderList
  readonly body: Buffer
}

export interface HostAnswer {
  readonly status: number
  readonly body: Buffer
}

/** One kind of provider. */
export interface ProviderModule<Config extends ModelProvider> {
  compile(config: Config, parts: ProviderParts): CompiledProvider | GatewayError
}

export interface ProviderParts {
  readonly credential: CredentialValue
  readonly services: ProviderServices
}
