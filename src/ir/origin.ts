/** The field of the object that an IR node was made from, so that errors and logs can name it. */
export interface Origin {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** Such as `spec.virtualHost.routes[2]`. */
  readonly fieldPath: string
}
