import type { Origin } from './origin.ts'

/** A set of host names and the routes that serve them. */
export interface VirtualHost {
  readonly id: string
  readonly name: string
  readonly origin: Origin
  /** Lower-case: exact, `*.suffix`, `prefix.*` or `*`; each may carry `:port`. */
  readonly domains: readonly string[]
  /** In matching order: the first route that matches wins. */
  readonly routeIds: readonly string[]
}
