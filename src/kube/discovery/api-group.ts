/** An API group with what is served in it, as discovery and OpenAPI show it. */
export interface ApiGroup {
  /** Empty for the core group. */
  readonly name: string
  /** The preferred one first. */
  readonly versions: readonly ApiGroupVersion[]
}

export interface ApiGroupVersion {
  readonly name: string
  readonly resources: readonly ApiResource[]
}

export interface ApiResource {
  readonly plural: string
  readonly singular: string
  readonly kind: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly subresources: readonly ApiSubresource[]
}

export interface ApiSubresource {
  readonly name: 'status' | 'scale' | 'log'
  /** Of the object that it answers, where that is another kind. */
  readonly response?: { readonly group: string; readonly version: string; readonly kind: string }
  readonly verbs: readonly string[]
}
