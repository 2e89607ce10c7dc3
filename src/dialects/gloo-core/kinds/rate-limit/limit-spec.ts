/** A limit in a unit of time. */
export interface LimitPerUnit {
  readonly unit?: 'UNKNOWN' | 'SECOND' | 'MINUTE' | 'HOUR' | 'DAY'
  readonly requestsPerUnit?: number
}

/** An entry of an ordered descriptor and what may follow it. */
export interface RateLimitDescriptor {
  readonly key?: string
  readonly value?: string
  readonly rateLimit?: LimitPerUnit
  readonly weight?: number
  readonly alwaysApply?: boolean
  readonly descriptors?: readonly RateLimitDescriptor[]
}

/** A set of entries with its limit. */
export interface SetDescriptor {
  readonly simpleDescriptors?: readonly { readonly key?: string; readonly value?: string }[]
  readonly rateLimit?: LimitPerUnit
  readonly alwaysApply?: boolean
}

/** A place in the metadata. */
export interface MetadataKey {
  readonly key?: string
  readonly path?: readonly { readonly key?: string }[]
}

/** A condition on a header. */
export interface HeaderMatch {
  readonly name?: string
  readonly exactMatch?: string
  readonly regexMatch?: string
  readonly rangeMatch?: { readonly start?: number; readonly end?: number }
  readonly presentMatch?: boolean
  readonly prefixMatch?: string
  readonly suffixMatch?: string
  readonly invertMatch?: boolean
}

/** Makes one entry of a descriptor. */
export interface RateLimitAction {
  readonly sourceCluster?: object
  readonly destinationCluster?: object
  readonly requestHeaders?: { readonly headerName?: string; readonly descriptorKey?: string }
  readonly remoteAddress?: object
  readonly genericKey?: { readonly descriptorValue?: string }
  readonly headerValueMatch?: {
    readonly descriptorValue?: string
    readonly expectMatch?: boolean
    readonly headers?: readonly HeaderMatch[]
  }
  readonly metadata?: {
    readonly descriptorKey?: string
    readonly metadataKey?: MetadataKey
    readonly defaultValue?: string
    readonly default?: string
    readonly source?: 'DYNAMIC' | 'ROUTE_ENTRY'
  }
}

/** Makes one descriptor of a request. */
export interface RateLimitRequest {
  readonly actions?: readonly RateLimitAction[]
  readonly setActions?: readonly RateLimitAction[]
  readonly limit?: { readonly dynamicMetadata?: { readonly metadataKey?: MetadataKey } }
}

/** Limits and the requests that they hold for. */
export interface RawRateLimits {
  readonly descriptors?: readonly RateLimitDescriptor[]
  readonly setDescriptors?: readonly SetDescriptor[]
  readonly rateLimits?: readonly RateLimitRequest[]
}

/** `RateLimitConfig.spec`. */
export interface RateLimitConfigSpec {
  readonly raw?: RawRateLimits
}
