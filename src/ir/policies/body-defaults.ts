import type { Origin } from '../origin.ts'

/** Sets top-level fields of the JSON that a client sends to a model. */
export interface BodyDefaults {
  readonly type: 'body-defaults'
  readonly id: string
  readonly origin: Origin
  /** In order. */
  readonly fields: readonly BodyDefault[]
}

export interface BodyDefault {
  readonly field: string
  /** Any JSON value. */
  readonly value: unknown
  /** True: whatever the client sent; false: only when the client left the field out. */
  readonly override: boolean
}
