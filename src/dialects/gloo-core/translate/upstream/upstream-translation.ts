import type { Backend } from '../../../../ir/backend.ts'
import type { ObjectStatus } from '../../../dialect.ts'
import type { ResourceReference } from '../../reference.ts'

/** The Upstreams of one moment as backends, for the dialects whose routes lead to them. */
export interface UpstreamTranslation {
  /** By id. The dialect gloo-core puts them into the configuration; others only refer to them. */
  readonly backends: ReadonlyMap<string, Backend>
  /** Of Upstreams and UpstreamGroups. */
  readonly statuses: readonly ObjectStatus[]
  /** Ids of the Secrets that the backends refer to. */
  readonly secretIds: ReadonlySet<string>
  find(reference: ResourceReference): FoundUpstream
  findGroup(reference: ResourceReference): FoundUpstreamGroup
  /**
   * The port of a Kubernetes Service as a destination without an Upstream of its own. Its backend is not among `backends`:
   * who refers to it puts it into the configuration.
   */
  findService(reference: ResourceReference, port: number): FoundUpstream
}

export type FoundUpstream =
  | { readonly type: 'found'; readonly backend: Backend }
  /** The object is there but cannot be used; `message` says why. */
  | { readonly type: 'rejected'; readonly message: string }
  /** `message` in Gloo's words. */
  | { readonly type: 'missing'; readonly message: string }

/** One member of an UpstreamGroup. */
export interface GroupDestination {
  /** As written: `upstream`, `kube` or `consul`. */
  readonly destination: Readonly<Record<string, unknown>>
  readonly weight: number
}

export type FoundUpstreamGroup =
  | {
      readonly type: 'found'
      /** Where destinations without a namespace are. */
      readonly namespace: string
      readonly destinations: readonly GroupDestination[]
    }
  | { readonly type: 'missing'; readonly message: string }
