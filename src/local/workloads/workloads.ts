import type { ObjectSource } from '../../kube/object-source.ts'
import type { ResourceApi } from '../../kube/resources/resource-api.ts'
import type { Clock } from '../../lib/time/clock.ts'
import type { AddressPool } from '../address-pool.ts'
import type { FindImage } from '../images/local-image.ts'
import type { ControllerContext } from './controllers/controller-context.ts'
import { reconcileDeployment } from './controllers/reconcile-deployment.ts'
import { reconcileEndpoints } from './controllers/reconcile-endpoints.ts'
import { reconcileReplicaSet } from './controllers/reconcile-replica-set.ts'
import {
  deploymentKind,
  endpointSliceKind,
  podKind,
  replicaSetKind,
  serviceKind,
} from './objects.ts'
import { PodRunner } from './pods/pod-runner.ts'
import { readPodLog } from './pods/read-pod-log.ts'
import { WorkloadApi } from './workload-api.ts'

export interface WorkloadsOptions {
  readonly source: ObjectSource
  readonly api: ResourceApi
  readonly pool: AddressPool
  readonly findImage: FindImage
  readonly adviceFor: (image: string) => string
  readonly clock: Clock
  readonly createSuffix: () => string
  readonly onError: (message: string, error: unknown) => void
}

const watched = [deploymentKind, replicaSetKind, podKind, serviceKind, endpointSliceKind]

/**
 * What a cluster's controllers and nodes do for Deployments, on this machine: each change of an object that matters
 * leads to one pass over all of them, which changes what is not yet as wanted.
 */
export class Workloads {
  readonly #options: WorkloadsOptions
  readonly #context: ControllerContext
  readonly #runner: PodRunner
  #unsubscribe: (() => void) | undefined
  #scheduled = false
  #stopped = false
  #cancelCheck: (() => void) | undefined

  constructor(options: WorkloadsOptions) {
    const { source, clock, createSuffix } = options
    this.#options = options
    this.#context = { source, clock, createSuffix, api: new WorkloadApi(options.api) }
    this.#runner = new PodRunner({ ...options, onChange: () => this.#schedule() })
  }

  start(): void {
    this.#unsubscribe = this.#options.source.subscribe(({ kind }) => {
      if (watched.some((each) => each.kind === kind.kind && each.group === kind.group)) {
        this.#schedule()
      }
    })
    this.#schedule()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#unsubscribe?.()
    this.#cancelCheck?.()
    await this.#runner.stop()
  }

  /** What `kubectl logs` asks for. */
  readonly podLogs = readPodLog(() => ({ ...this.#options, runner: this.#runner }))

  #schedule(): void {
    if (this.#scheduled || this.#stopped) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#stopped) return
      try {
        this.#reconcile()
      } catch (error) {
        this.#options.onError('Local workloads could not be brought up to date:', error)
      }
    })
  }

  #reconcile(): void {
    const { source } = this.#options
    const checks = source
      .list(deploymentKind)
      .map((deployment) => reconcileDeployment(deployment, this.#context))
    for (const set of source.list(replicaSetKind)) reconcileReplicaSet(set, this.#context)
    this.#runner.reconcile()
    reconcileEndpoints((pod) => this.#runner.servedPorts(pod), this.#context)
    this.#checkAgain(checks.filter((afterMs) => afterMs !== undefined))
  }

  /** A rollout fails by time alone. */
  #checkAgain(afterMs: readonly number[]): void {
    this.#cancelCheck?.()
    this.#cancelCheck = undefined
    if (afterMs.length === 0) return
    const delayMs = Math.min(...afterMs) + 1
    this.#cancelCheck = this.#options.clock.schedule(delayMs, () => this.#schedule())
  }
}
