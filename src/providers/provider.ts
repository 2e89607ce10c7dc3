import type { GatewayError } from '../errors/gateway-error.ts'
import type { ModelProvider } from '../ir/model-provider.ts'
import type { HeaderList } from '../lib/header-list.ts'
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

/** What a try is sent with. */
export interface ProviderRequest {
  readonly method: string
  /** Of the client, normalised, after the route's rewrite. */
  readonly path: string
  /** With its `?`, or empty. */
  readonly query: string
  /** The headers of this try, changed in place. */
  readonly headers: HeaderList
  readonly body: Buffer | undefined
  readonly host: string
  readonly streaming: boolean
  readonly model: string | undefined
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

/** An endpoint's provider after compilation. */
export interface CompiledProvider {
  /** As vendors' metrics name it. */
  readonly name: string
  /** Which endpoint of the provider's API a client's path stands for; undefined: none that is known. */
  findEndpoint(method: string, path: string): ProviderEndpoint | undefined
  /** The model that takes the place of the client's; undefined: the client's stays. */
  readonly model: string | undefined
  /** Path and query that go upstream. */
  upstreamPath(request: ProviderRequest, endpoint: ProviderEndpoint | undefined): string
  /** Puts the credential in and takes out those of the client; last before sending, since a signature covers everything. */
  authorize(request: ProviderRequest): GatewayError | undefined | Promise<GatewayError | undefined>
}

/** One kind of provider. */
export interface ProviderModule<Config extends ModelProvider> {
  readonly type: Config['type']
  compile(config: Config, credential: CredentialValue): CompiledProvider | GatewayError
}
