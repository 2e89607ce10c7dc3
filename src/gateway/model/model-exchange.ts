import type { ModelCallOptions } from '../../ir/route.ts'
import { dropClientModels } from '../../llm/client-models.ts'
import type { ModelCall } from '../../llm/model-call.ts'
import type { ModelRequest } from '../../llm/model-request.ts'
import type { Usage } from '../../llm/usage.ts'
import type { CompiledProvider, PathRequest, ProviderEndpoint } from '../../providers/provider.ts'
import type { CompiledBackendDestination, PolicyChain } from '../../snapshot/snapshot.ts'
import type { RetryCause } from '../retry/retry-policy.ts'
import { clientBackupsOf } from './client-backups.ts'
import { type EncodedBody, encodeBody, spliceBody } from './encoded-body.ts'
import { isModelFailure } from './is-model-failure.ts'

/** What a call to a model is made of when its route is known. */
export interface ModelExchangeParts {
  readonly destination: CompiledBackendDestination
  /** Of the destination's first endpoint, which stands for all of them until one is chosen. */
  readonly provider: CompiledProvider
  readonly endpoint: ProviderEndpoint | undefined
  readonly options: ModelCallOptions
  /** Of the client, normalised, after the route's rewrite. */
  readonly path: string
}

/** Reads answers for what they used; see {@link ModelExchange.meter}. */
export interface AnswerMeter {
  /** What is known now; called when the request is over. */
  usage(): Usage | undefined
  /** Nobody will ask any more. */
  release(): void
}

/** One request to a language model while it lives: what is sent upstream for it, and what is known of its answer. */
export class ModelExchange {
  readonly destination: CompiledBackendDestination
  readonly provider: CompiledProvider
  readonly endpoint: ProviderEndpoint | undefined
  readonly options: ModelCallOptions
  readonly path: string
  readonly call: ModelCall
  /** True: the gateway asked for a report of usage that the client must not see. */
  hidesUsage = false
  /** Counts what the answer under way has used. */
  meter: AnswerMeter | undefined
  /** What of credentials of the gateway's the provider of the latest try was shown. */
  shownCredentials: readonly string[] = []
  /** Ends what waits for the answer. */
  onAbort: (() => void) | undefined
  #original: Buffer | undefined
  #clientModel: string | undefined
  #clientStreams = false
  #modelIsFixed = false
  #backups = 0
  #encoded: EncodedBody | undefined

  constructor({ destination, provider, endpoint, options, path }: ModelExchangeParts) {
    this.destination = destination
    this.provider = provider
    this.endpoint = endpoint
    this.options = options
    this.path = path
    this.call = {
      provider: provider.name,
      operation: endpoint?.operation ?? 'platform',
      request: undefined,
      unreadable: undefined,
      model: endpoint?.model ?? provider.model,
      streaming: endpoint?.streaming ?? pathStreams(provider, options, endpoint),
      candidateModels: () => this.#candidateModels(),
      progress: 'none',
      outputIsLimited: false,
      providerModel: undefined,
      usage: undefined,
      rateLimitedTokens: undefined,
    }
  }

  get policies(): PolicyChain {
    return this.destination.attemptPolicies
  }

  /** True: answers are looked into, so they must come unencoded. */
  get readsAnswers(): boolean {
    return this.endpoint?.format !== undefined && !this.endpoint.textless
  }

  /** True: this try may be followed by one with another model, or by a retry. */
  get mayFailOver(): boolean {
    return this.#backups < this.options.backupModels.length
  }

  /** Reads what the client asks for from the body, which `call.request` holds parsed. */
  takeBody(original: Buffer): void {
    const { request } = this.call
    this.#original = original
    if (request === undefined) return
    if (this.provider.modelPlace === 'body') this.#clientModel = request.model
    this.#clientStreams = request.streaming
    this.call.streaming ||= this.endpoint?.streaming === undefined && request.streaming
    this.#showModel()
  }

  /** Settles the body after every policy has had its turn. */
  hooksRun(): void {
    const { request } = this.call
    if (request === undefined) return
    if (this.endpoint?.untouched !== false) {
      // What a limit relies on is reported, also where nothing else changes.
      const reports = this.call.outputIsLimited && this.call.streaming
      if (reports) this.hidesUsage = request.setStreaming(true)
      return
    }
    // An operator's default stands above the model of the provider.
    this.#modelIsFixed = this.#fixesModel()
    this.#takeStreaming(request)
    const streams = this.options.alwaysStream && this.endpoint.operation === 'chat'
    if (streams) this.call.streaming = true
    if (this.call.streaming) this.hidesUsage = request.setStreaming(true)
  }

  /** The model of the next try, at this provider; undefined: whatever the client said. */
  modelFor(provider: CompiledProvider): string | undefined {
    return this.#backupModel() ?? this.#firstModel(provider, this.#modelIsFixed)
  }

  /** What the path of a try at this provider depends on. */
  pathRequest(query: string): PathRequest {
    const { streaming } = this.call
    return { path: this.path, query, streaming, model: this.#backupModel() }
  }

  /** The bytes of a try; undefined: those of the client. */
  bodyFor(provider: CompiledProvider): Buffer | undefined {
    const { request } = this.call
    if (request === undefined) return undefined
    if (this.endpoint?.untouched !== false)
      return request.changed ? this.#encode(request) : undefined
    const model = provider.modelPlace === 'body' ? this.modelFor(provider) : undefined
    const limitField = this.call.outputIsLimited ? provider.outputLimitField : undefined
    if (limitField !== undefined) return this.#encode(request, model, limitField)
    if (model === undefined) return request.changed ? this.#encode(request) : undefined
    if (request.changed) return this.#encode(request, model)
    if (model === this.#clientModel) return undefined
    return this.#splice(model) ?? this.#encode(request, model)
  }

  /** True: the next try asks the next model after a failure of this kind. */
  takeNextModel(cause: RetryCause): boolean {
    const { backupModels } = this.options
    if (this.#backups >= backupModels.length || !isModelFailure(cause)) return false
    if (this.call.request === undefined || this.endpoint?.untouched !== false) return false
    this.#backups += 1
    return true
  }

  /** A try is on its way to a provider. */
  trySent(): void {
    this.call.progress = 'asked'
  }

  /** The try under way has met no provider, or one that has refused it. */
  tryRefused(): void {
    this.call.progress = 'none'
  }

  /** The client gets the answer whose head this is. */
  beginAnswer(status: number): void {
    this.call.progress = status >= 400 ? 'none' : 'answering'
  }

  /** The answer has come to its end. */
  endAnswer(): void {
    if (this.call.progress === 'answering') this.call.progress = 'answered'
  }

  /** A try is over without an answer for the client. */
  dropAnswer(): void {
    this.meter?.release()
    this.meter = undefined
    this.onAbort?.()
    this.onAbort = undefined
  }

  /** The request is over. */
  finish(): void {
    this.call.usage ??= this.meter?.usage()
    this.meter?.release()
    this.onAbort?.()
  }

  /** An operator's default may say whether the answer streams. */
  #takeStreaming(request: ModelRequest): void {
    if (request.streaming === this.#clientStreams || this.endpoint?.streaming !== undefined) return
    this.call.streaming = request.streaming
    // Providers refuse options of a stream where there is none.
    if (!request.streaming) request.setStreaming(false)
  }

  #backupModel(): string | undefined {
    return this.options.backupModels[this.#backups - 1]
  }

  /** Whether a policy has named another model in the body than it had. */
  #fixesModel(): boolean {
    const { model: configured, modelPlace } = this.provider
    if (modelPlace !== 'body' || this.endpoint?.untouched !== false) return false
    return this.call.request?.model !== (configured ?? this.#clientModel)
  }

  /** What this provider is asked for unless another model stands in. */
  #firstModel(provider: CompiledProvider, isFixed: boolean): string | undefined {
    if (isFixed) return this.call.request?.model
    // What goes as it came asks for what its client has named.
    if (this.endpoint?.untouched !== false) {
      const named = this.endpoint?.model ?? this.#clientModel
      return provider.modelPlace === 'body' ? named : (named ?? provider.model)
    }
    return provider.model ?? this.#clientModel
  }

  #candidateModels(): readonly (string | undefined)[] {
    const { destination, options, provider } = this
    const isFixed = this.#fixesModel()
    const models = new Set(
      destination.backend.providers.map((each) => this.#firstModel(each, isFixed)),
    )
    if (this.endpoint?.untouched === false)
      for (const name of options.backupModels) models.add(name)
    const { json = {} } = this.call.request ?? {}
    if (provider.modelPlace === 'body') for (const name of clientBackupsOf(json)) models.add(name)
    return [...models]
  }

  /** What policies see is what will be asked for. */
  #showModel(): void {
    const { request } = this.call
    const override = this.endpoint?.untouched === true ? undefined : this.provider.model
    if (override !== undefined && this.provider.modelPlace === 'body' && request !== undefined) {
      request.setModel(override)
      dropClientModels(request)
    }
    this.call.model = override ?? this.endpoint?.model ?? this.#clientModel
  }

  #splice(model: string): Buffer | undefined {
    if (this.#original === undefined || this.#clientModel === undefined) return undefined
    const spliced = spliceBody(this.#encoded, this.#original, model)
    if (spliced !== undefined) this.#encoded = spliced
    return spliced?.body
  }

  #encode(request: ModelRequest, model?: string, limitField?: string): Buffer {
    this.#encoded = encodeBody(this.#encoded, request, model, limitField)
    return this.#encoded.body
  }
}

/** Where no body says so, the route may. */
function pathStreams(
  { modelPlace }: CompiledProvider,
  { alwaysStream }: ModelCallOptions,
  endpoint: ProviderEndpoint | undefined,
): boolean {
  return modelPlace === 'path' && alwaysStream && endpoint?.operation === 'chat'
}
