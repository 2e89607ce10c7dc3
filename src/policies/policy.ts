import type { GatewayError } from '../errors/gateway-error.ts'
import type { PolicyConfig } from '../ir/policy.ts'
import type { SecretReference } from '../ir/secret-reference.ts'
import type { HeaderList } from '../lib/http/header-list.ts'
import type { Tokenizer } from '../lib/tokenizer/shared-tokenizer.ts'
import type { CounterStore } from '../limits/counter-store.ts'
import type { ModelCall } from '../llm/model-call.ts'
import type { ModelRequest } from '../llm/model-request.ts'
import type { ModelResponse } from '../llm/model-response.ts'
import type { StreamPart } from '../llm/stream-part.ts'

/** What every hook sees of a request. One object per request, made when its route is known. */
export interface RequestContext {
  readonly method: string
  /** Without query, normalised as the listener says. */
  readonly path: string
  /** With its `?`, or empty. Hooks may take out of it what the upstream must not see. */
  query: string
  /** Lower-case, with the port if the client sent one. */
  readonly host: string
  readonly scheme: 'http' | 'https'
  readonly protocol: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2'
  readonly requestId: string
  /** IP address of the client, trusted proxies taken into account. */
  readonly clientAddress: string
  /** IP address and port of the peer. */
  readonly peerAddress: string
  readonly peerPort: number
  /** Milliseconds since the Unix epoch. */
  readonly startTimeMs: number
  readonly routeId: string
  /** Aborted when the client goes away or the request's time is up. */
  readonly signal: AbortSignal
  /** The request's headers. Hooks before the upstream is chosen may change them for all that follows. */
  readonly headers: HeaderList
  /** What policies learnt of the request, by namespace and key; read by templates and logs. */
  readonly metadata: Map<string, unknown>
  /** Set where the route leads to providers of language models; known before the first hook. */
  readonly modelCall: ModelCall | undefined
}

/** One try at an upstream. */
export interface Attempt {
  /** 1 for the first. */
  readonly number: number
  readonly backendName: string
  readonly endpointHost: string
  readonly endpointPort: number
  /** A copy of the request's headers for this try alone. */
  readonly headers: HeaderList
}

/** An answer's head on its way to the client. */
export interface ResponseHead {
  status: number
  readonly headers: HeaderList
}

/** An answer that the gateway gives itself: a preflight, a redirect, a cache hit. */
export interface LocalResponse {
  readonly type: 'local-response'
  readonly status: number
  readonly headers: HeaderList
  readonly body: string
}

/** What the request looked like when it was over. */
export interface RequestOutcome {
  readonly status: number
  readonly error: GatewayError | undefined
  readonly requestBytes: number
  readonly responseBytes: number
  readonly durationMs: number
}

/**
 * `undefined` goes on. `rematch` looks for the route again with the headers as they are now; it is obeyed
 * once per request.
 */
export type RequestHookResult = GatewayError | LocalResponse | 'rematch' | undefined

/** Sees the body of an answer piece by piece; piece borders mean nothing. */
export interface BodyTransform {
  /** Returns what may go to the client now; an empty buffer holds everything back. */
  push(chunk: Buffer): Buffer
  /** Returns what was still held back. Called exactly once unless the answer is aborted. */
  end(): Buffer
}

/** Sees a streamed answer event by event and hands on what may go to the client, in order, now or later. */
export interface StreamEditor {
  push(part: StreamPart): void
  /** No event follows. Ends with {@link StreamOutput.end} or {@link StreamOutput.fail}. */
  end(): void
  /** The client or the upstream has gone: nothing may be handed on any more. */
  abort(): void
}

/** Where a {@link StreamEditor} hands events on. */
export interface StreamOutput {
  emit(part: StreamPart): void
  end(): void
  /** The stream ends with this error, in the words of the client's wire format. */
  fail(error: GatewayError): void
}

/** Where in the order of a request a policy stands: its type, or another place that some instances of it have. */
export type PolicyPhase = PolicyConfig['type'] | 'early-jwt' | 'early-rate-limit'

/**
 * A policy after compilation. Hooks it does not take part in are left out and cost nothing. A hook that
 * need not wait returns its result directly; the path does not await then.
 */
export interface CompiledPolicy {
  readonly type: PolicyConfig['type']
  /** Left out: the phase of its type. */
  readonly phase?: PolicyPhase
  /** Once per request and route, before the upstream is chosen. An error or local response ends the request. */
  onRequestHead?(context: RequestContext): RequestHookResult | Promise<RequestHookResult>
  /** Set: the whole body is read before {@link onRequestBody}; above the limit the request ends with 413. */
  readonly requestBodyLimitBytes?: number
  /** Once per request, after every `onRequestHead`. May return the bytes to send instead. */
  onRequestBody?(
    context: RequestContext,
    body: Buffer,
  ): RequestHookResult | Buffer | Promise<RequestHookResult | Buffer>
  /**
   * Whether the policy must be able to read what goes to a model: `required` refuses a body that cannot be read without doubt
   * and an endpoint whose form is not known; `optional` lets pass unread what no provider could read otherwise either.
   */
  readonly readsModelCall?: 'required' | 'optional'
  /**
   * True: a text that the client has turned into tokens is as good as any to {@link onModelRequest}. Left out: where the policy
   * must read what goes to a model, such a request is refused.
   */
  readonly readsTokenNumbers?: true
  /** Once per request to a model whose body could be read, after every `onRequestHead`, in the order of the phases. */
  onModelRequest?(
    context: RequestContext,
    call: ModelCall,
    request: ModelRequest,
  ): RequestHookResult | Promise<RequestHookResult>
  /** The same after every {@link onModelRequest}, when the request is as it will be sent, but for how it streams. */
  onFinalModelRequest?(
    context: RequestContext,
    call: ModelCall,
    request: ModelRequest,
  ): RequestHookResult | Promise<RequestHookResult>
  /** Before another try at a model where the one before may be billed although it has brought no answer. */
  onModelRetry?(
    context: RequestContext,
    call: ModelCall,
  ): GatewayError | undefined | Promise<GatewayError | undefined>
  /** Once per whole JSON answer of a model, whatever its status. An error takes the answer's place. */
  onModelResponse?(
    context: RequestContext,
    call: ModelCall,
    response: ModelResponse,
  ): GatewayError | undefined | Promise<GatewayError | undefined>
  /** Once per streamed answer of a model; `undefined` looks away. */
  createStreamEditor?(
    context: RequestContext,
    call: ModelCall,
    output: StreamOutput,
  ): StreamEditor | undefined
  /** Before each try, with the headers of that try. Must not wait. */
  onAttempt?(context: RequestContext, attempt: Attempt): GatewayError | undefined
  /** What {@link onAttempt} gives headers that clients must not learn: credentials of the gateway's own. */
  readonly heldHeaderValues?: readonly string[]
  /** Once, in reverse order, for answers of upstreams and of the gateway itself. */
  onResponseHead?(context: RequestContext, head: ResponseHead): void
  /** Once per answer whose body this policy wants to see; `undefined` looks away. */
  createResponseTransform?(context: RequestContext, head: ResponseHead): BodyTransform | undefined
  /** After the last byte or the abort, exactly once. Must not throw or delay anything. */
  onComplete?(context: RequestContext, outcome: RequestOutcome): void
}

/** What outlives a configuration and policies need to run. */
export interface PolicyServices {
  /** A number in `[0, 1)`. */
  random(): number
  /** The secret's value; undefined when it has not arrived. */
  secretValue(reference: SecretReference): string | undefined
  /**
   * The public keys that control has fetched under this id, as JSON Web Keys; undefined when it has none. The same list until
   * they change.
   */
  keySet(id: string): readonly Readonly<Record<string, string>>[] | undefined
  /** Counters of limits, shared by all who serve the same configuration. */
  readonly counters: CounterStore
  /** Counts the tokens of texts; a policy that needs it loads it when it is compiled. */
  readonly tokenizer: Tokenizer
  /** Milliseconds since the Unix epoch on the machine's clock, which windows are aligned to. */
  unixTimeMs(): number
  /**
   * Calls a service beside the request's own upstream, such as a webhook; resolves with the whole answer, or with what went
   * wrong: no such backend, no connection, no answer in time, an answer that is too large. Never rejects.
   */
  callBackend(backendId: string, call: ServiceCall): Promise<ServiceAnswer | GatewayError>
}

/** A request of the gateway's own. */
export interface ServiceCall {
  readonly method: string
  /** With query. */
  readonly path: string
  /** Lower-case names, with `host`. */
  readonly headers: HeaderList
  readonly body: Buffer | undefined
  readonly timeoutMs: number
  readonly maxAnswerBytes: number
  /** Ends the call when the request that it is for has gone. */
  readonly signal: AbortSignal
}

export interface ServiceAnswer {
  readonly status: number
  readonly headers: HeaderList
  readonly body: Buffer
}

/** One kind of policy. */
export interface PolicyModule<Config extends PolicyConfig> {
  readonly type: Config['type']
  /** Runs once per configuration change and does all work that does not depend on a request. */
  compile(config: Config, services: PolicyServices): CompiledPolicy | GatewayError
}
