import type { KubeObject } from '../../../kube/kube-object.ts'
import type { ObjectSource } from '../../../kube/object-source.ts'
import { messageOf } from '../../../lib/message-of.ts'
import type { Clock } from '../../../lib/time/clock.ts'
import type { AddressPool } from '../../address-pool.ts'
import type { FindImage, LocalImage, RunningImage } from '../../images/local-image.ts'
import { takenAddresses } from '../../taken-addresses.ts'
import { type Container, containersOf, podKind, podStatusOf, referenceTo } from '../objects.ts'
import { environmentOf } from './container-environment.ts'
import { readMountedFile } from './mounted-files.ts'
import { PodLog } from './pod-log.ts'
import { type ContainerState, describePod } from './pod-status.ts'

export interface PodRunnerOptions {
  readonly source: ObjectSource
  readonly pool: AddressPool
  readonly findImage: FindImage
  /** What an event about an unknown image tells the operator to do. */
  readonly adviceFor: (image: string) => string
  readonly clock: Clock
  /** The served ports of a pod have changed. */
  readonly onChange: () => void
}

/** One container of a pod as it runs here. */
interface ContainerRun {
  readonly container: Container
  readonly image: LocalImage | undefined
  readonly log: PodLog
  restarts: number
  state: ContainerState
  running: RunningImage | undefined
}

interface PodRun {
  pod: KubeObject
  readonly address: string
  readonly startTimeMs: number
  readonly containers: readonly ContainerRun[]
  closed: boolean
}

const firstBackoffMs = 1000
const maxBackoffMs = 30_000

/** Does what a node's agent does: runs the containers of pods, tells how they are, and keeps what they say. */
export class PodRunner {
  readonly #options: PodRunnerOptions
  readonly #runs = new Map<string, PodRun>()
  readonly #closing = new Set<Promise<void>>()

  constructor(options: PodRunnerOptions) {
    this.#options = options
  }

  /** Starts what is missing and ends what is gone. */
  reconcile(): void {
    const pods = new Map(
      this.#options.source.list(podKind).map((pod) => [pod.metadata.uid ?? '', pod]),
    )
    for (const [uid, run] of this.#runs) {
      const pod = pods.get(uid)
      if (pod === undefined) this.#end(uid, run)
      else run.pod = pod
    }
    for (const [uid, pod] of pods) if (!this.#runs.has(uid)) this.#start(uid, pod)
  }

  /** Where the pod serves its ports: `undefined` for one that does not run. */
  servedPorts(pod: KubeObject): ReadonlyMap<number, number> | undefined {
    const run = this.#runs.get(pod.metadata.uid ?? '')
    if (run === undefined) return undefined
    return new Map(run.containers.flatMap(({ running }) => [...(running?.ports ?? [])]))
  }

  /** The log of a container, the first one unless named; undefined when there is no such container. */
  logOf(pod: KubeObject, container: string): { log: PodLog; state: ContainerState } | undefined {
    const run = this.#runs.get(pod.metadata.uid ?? '')
    return run?.containers.find((each) => container === '' || each.container.name === container)
  }

  async stop(): Promise<void> {
    for (const [uid, run] of this.#runs) this.#end(uid, run)
    await Promise.all(this.#closing)
  }

  #start(uid: string, pod: KubeObject): void {
    const { clock, findImage } = this.#options
    const address = this.#chooseAddress(pod)
    if (address === undefined) {
      this.#report(
        pod,
        'AddressPoolExhausted',
        'The address pool is used up; start with a larger --address-pool.',
      )
      return
    }
    const previous = podStatusOf(pod)
    const containers = containersOf(pod).map((container, index) => {
      const ran = previous.containerStatuses?.[index]?.restartCount
      const image = findImage(container.image ?? '')
      const waiting = { reason: 'ContainerCreating', message: '' }
      return {
        ...{ container, image, log: new PodLog(clock.now), running: undefined },
        restarts: ran === undefined || previous.phase !== 'Running' ? (ran ?? 0) : ran + 1,
        state: { waiting } as ContainerState,
      }
    })
    const run: PodRun = { pod, address, startTimeMs: clock.now(), containers, closed: false }
    this.#runs.set(uid, run)
    const unknown = containers.filter(({ image }) => image === undefined)
    for (const each of unknown) this.#refuse(run, each)
    if (unknown.length === 0) for (const each of containers) void this.#run(run, each)
    this.#tell(run)
  }

  /** The address that it had before, where that is still free. */
  #chooseAddress(pod: KubeObject): string | undefined {
    const { source, pool } = this.#options
    const taken = takenAddresses(source, pod.metadata.uid)
    const { podIP } = podStatusOf(pod)
    if (podIP !== undefined && pool.contains(podIP) && !taken.has(podIP)) return podIP
    return pool.next(taken)
  }

  #refuse(run: PodRun, each: ContainerRun): void {
    const image = each.container.image ?? ''
    const message = `Nothing on this machine is known for image "${image}". ${this.#options.adviceFor(image)}`
    each.state = { waiting: { reason: 'UnknownImage', message } }
    this.#report(run.pod, 'UnknownImage', message)
  }

  async #run(run: PodRun, each: ContainerRun): Promise<void> {
    const { clock, source } = this.#options
    const { image, log, container } = each
    if (image === undefined || run.closed) return
    const reason = await image
      .start({
        address: run.address,
        ports: (container.ports ?? [])
          .filter(({ protocol = 'TCP' }) => protocol === 'TCP')
          .map(({ containerPort }) => containerPort),
        hostName: run.pod.metadata.name,
        environment: environmentOf(container, run),
        readFile: (path) => readMountedFile(path, { container, pod: run.pod, source }),
        now: clock.now,
        log: (line) => log.add(line),
      })
      .then((running) => this.#followUntilEnd(run, each, running), messageOf)
    if (run.closed) return
    this.#restartLater(run, each, reason)
  }

  async #followUntilEnd(run: PodRun, each: ContainerRun, running: RunningImage): Promise<string> {
    if (run.closed) {
      await running.close()
      return ''
    }
    each.running = running
    each.state = { runningSinceMs: this.#options.clock.now() }
    this.#tell(run)
    this.#options.onChange()
    return running.ended
  }

  #restartLater(run: PodRun, each: ContainerRun, reason: string): void {
    const { clock } = this.#options
    each.running = undefined
    const delayMs = Math.min(maxBackoffMs, firstBackoffMs * 2 ** Math.min(each.restarts, 10))
    const message = `back-off ${delayMs / 1000}s restarting failed container ${each.container.name}: ${reason}`
    each.state = { waiting: { reason: 'CrashLoopBackOff', message } }
    each.log.add(reason)
    this.#report(run.pod, 'BackOff', message)
    this.#tell(run)
    this.#options.onChange()
    clock.schedule(delayMs, () => {
      each.restarts += 1
      void this.#run(run, each)
    })
  }

  #end(uid: string, run: PodRun): void {
    run.closed = true
    this.#runs.delete(uid)
    for (const { running, log } of run.containers) {
      log.end()
      if (running === undefined) continue
      const closing: Promise<void> = running.close().finally(() => this.#closing.delete(closing))
      this.#closing.add(closing)
    }
  }

  #tell(run: PodRun): void {
    const status = describePod(run, this.#options.clock.now())
    this.#options.source.writeStatus(referenceTo(run.pod, podKind), status)
  }

  #report(pod: KubeObject, reason: string, message: string): void {
    this.#options.source.recordEvent(referenceTo(pod, podKind), {
      type: 'Warning',
      ...{ reason, message },
      reportingComponent: 'sluice',
    })
  }
}
