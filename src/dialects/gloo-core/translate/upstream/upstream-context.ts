import type { KubeObject } from '../../../../kube/kube-object.ts'
import type { ObjectView } from '../../../dialect.ts'
import type { UpstreamSpec } from '../../kinds/upstream/upstream.ts'
import type { Findings } from '../findings.ts'

/** One Upstream under translation. */
export interface UpstreamContext {
  readonly upstream: KubeObject
  readonly spec: UpstreamSpec
  readonly namespace: string
  readonly backendId: string
  readonly objects: ObjectView
  /** The EndpointSlices of a Service. */
  readonly findSlices: (service: KubeObject) => readonly KubeObject[]
  readonly findings: Findings
}
