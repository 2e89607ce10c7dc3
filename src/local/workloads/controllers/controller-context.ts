import type { ObjectSource } from '../../../kube/object-source.ts'
import type { Clock } from '../../../lib/time/clock.ts'
import type { WorkloadApi } from '../workload-api.ts'

/** What the controllers of workloads share. */
export interface ControllerContext {
  readonly source: ObjectSource
  readonly api: WorkloadApi
  readonly clock: Clock
  /** The end of a pod's name: five characters of a-z and 0-9. */
  readonly createSuffix: () => string
}
