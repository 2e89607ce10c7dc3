import type { KindDefinition, KindVersion } from '../kind-definition.ts'

/** A kind in one of its served versions: what a request is about. */
export interface ServedKind {
  readonly definition: KindDefinition
  readonly version: KindVersion
}

/** The kinds of the API: the built-in ones, and those of applied CustomResourceDefinitions. */
export interface KindRegistry {
  /** In the order in which they were registered. */
  list(): readonly KindDefinition[]
  /** By what a URL says; served versions only. */
  find(group: string, version: string, plural: string): ServedKind | undefined
  /** By what an object says, such as `gateway.solo.io/v1` and `Gateway`; served versions only. */
  findByApiVersion(apiVersion: string, kind: string): ServedKind | undefined
  findByKind(group: string, kind: string): KindDefinition | undefined
  /** Calls back after the kinds changed (discovery and OpenAPI are to be made anew). Returns how to stop. */
  subscribe(listener: () => void): () => void
}
