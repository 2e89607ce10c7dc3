import type { Backend } from '../../../ir/backend.ts'
import type { ObjectStatus, ObjectView } from '../../dialect.ts'
import type { ResourceReference } from '../reference.ts'

/** The Upstreams of one moment as backends, for the dialects whose routes lead to them. */
export interface UpstreamTranslation {
  /** By id. The dialect gloo-core puts them into the configuration; others only refer to them. */
  readonly backends: ReadonlyMap<string, Backend>
  readonly statuses: readonly ObjectStatus[]
  /** Ids of the Secrets that the backends refer to. */
  readonly secretIds: ReadonlySet<string>
  find(reference: ResourceReference): FoundUpstream
  findGroup(reference: ResourceReference): FoundUpstreamGroup
  /** The port of a Kubernetes Service as a destination without an Upstream of its own. */
  findService(reference: ResourceReference, port: number): FoundUpstream
}

export type FoundUpstream =
  | { readonly type: 'found'; readonly backend: Backend }
  /** The object is there but cannot be used; `message` says why. */
  | { readonly type: 'rejected'; readonly message: string }
  /** `message` in Gloo's words. */
  | { readonly type: 'missing'; readonly message: string }

export type FoundUpstreamGroup =
  | { readonly type: 'found'; readonly destinations: readonly unknown[] }
  | { readonly type: 'missing'; readonly message: string }

export interface UpstreamTranslator {
  translate(objects: ObjectView): UpstreamTranslation
}
