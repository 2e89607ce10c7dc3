import type { Origin } from '../origin.ts'

/** Cross-origin resource sharing as browsers enforce it (https://fetch.spec.whatwg.org/#http-cors-protocol). */
export interface Cors {
  readonly type: 'cors'
  readonly id: string
  readonly origin: Origin
  /** Exact origins; `*` allows any. */
  readonly allowOrigins: readonly string[]
  /** RE2, whole origin. */
  readonly allowOriginPatterns: readonly string[]
  readonly allowMethods: readonly string[]
  readonly allowHeaders: readonly string[]
  readonly exposeHeaders: readonly string[]
  readonly maxAgeSeconds: number | undefined
  readonly allowCredentials: boolean
  /** Whether the upstream answers the preflights of origins that are not allowed. */
  readonly forwardsRefusedPreflights: boolean
}
