/** What is known of a request when it is over: the source of its log line and its metrics. */
export interface RequestRecord {
  readonly startTimeMs: number
  readonly durationMs: number
  /** Until the upstream's response head; undefined when no upstream answered. */
  readonly upstreamHeadMs: number | undefined
  /** Until the first byte went to the client. */
  readonly firstByteMs: number | undefined
  readonly requestId: string
  readonly method: string
  /** As the client sent it, with query. */
  readonly path: string
  readonly host: string
  readonly protocol: string
  readonly clientAddress: string
  readonly userAgent: string | undefined
  readonly listenerId: string
  readonly virtualHost: string | undefined
  readonly routeId: string | undefined
  readonly routeName: string | undefined
  /** `Kind namespace/name fieldPath` of the object that decided. */
  readonly routeOrigin: string | undefined
  readonly backendName: string | undefined
  /** `host:port`. */
  readonly upstreamHost: string | undefined
  readonly upstreamPath: string | undefined
  /** Tries at an upstream; 0 when the gateway answered itself. */
  readonly attempts: number
  /** 0 when the client left before there was one. */
  readonly status: number
  readonly requestBytes: number
  readonly responseBytes: number
  /** Credentials of the gateway's that the upstream's answer repeated and the client was not shown. */
  readonly maskedCredentials: number
  /** A {@link GatewayErrorCode}; undefined when nothing went wrong in the gateway. */
  readonly errorCode: string | undefined
  /** Envoy's letters, comma-separated; `-` for none. */
  readonly responseFlags: string
  readonly generation: number
  /** Set: the request was a call to a model. */
  readonly modelCall: ModelCallRecord | undefined
}

/** What a call to a model was, and what it has used. */
export interface ModelCallRecord {
  /** `namespace/name` of the gateway that took it. */
  readonly gateway: string
  readonly provider: string
  readonly operation: string
  /** What the client asked for; empty when it did not say. */
  readonly model: string
  readonly providerModel: string | undefined
  readonly streaming: boolean
  readonly usage: RecordedUsage | undefined
  /** Tokens that rate limits have charged. */
  readonly rateLimitedTokens: number | undefined
  /** What guards have done to its texts; undefined when they found nothing. */
  readonly guarded: GuardedTexts | undefined
  /** Labels of the operator's own, by name. */
  readonly labels: Readonly<Record<string, string>>
}

/** What guards have done to the texts of a call. */
export interface GuardedTexts {
  readonly masked: number
  /** How often a stream held back more than it may. */
  readonly overflows: number
}

/** Tokens of a call. */
export interface RecordedUsage {
  readonly inputTokens: number
  readonly outputTokens: number
  readonly totalTokens: number
  /** The provider did not say, so the gateway has counted. */
  readonly estimated: boolean
}

/** Is told of requests and connections while they live. Called on the hot path: cheap, never throws. */
export interface RequestObserver {
  requestStarted(): void
  requestEnded(record: RequestRecord): void
  attemptEnded(attempt: AttemptRecord): void
  connectionOpened(listenerId: string): void
  connectionClosed(listenerId: string): void
  connectionRefused(refused: RefusedConnection): void
}

/** Bytes of a client that never became a request: malformed, too slow, too large. */
export interface RefusedConnection {
  readonly timeMs: number
  readonly listenerId: string
  readonly clientAddress: string
  /** A metric label: one of few. */
  readonly reason: string
  /** Of the answer; 0 when the connection was closed without one. */
  readonly status: number
  /** Envoy's letters, as in {@link RequestRecord}. */
  readonly responseFlags: string
  readonly generation: number
}

export interface AttemptRecord {
  readonly backendName: string
  readonly endpointId: string
  readonly number: number
  /** 0 when no response head came. */
  readonly status: number
  readonly errorCode: string | undefined
  readonly durationMs: number
}
