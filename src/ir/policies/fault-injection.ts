import type { Origin } from '../origin.ts'

/** Delays or aborts a share of the requests on purpose. */
export interface FaultInjection {
  readonly type: 'fault-injection'
  readonly id: string
  readonly origin: Origin
  readonly delay: { readonly percentage: number; readonly delayMs: number } | undefined
  readonly abort: { readonly percentage: number; readonly status: number } | undefined
}
