import type { KubeObject } from '../../../kube/kube-object.ts'
import { type Container, podStatusOf, timestampOf, withTransitionTimes } from '../objects.ts'

export type ContainerState =
  | { readonly waiting: { readonly reason: string; readonly message: string } }
  | { readonly runningSinceMs: number }

export interface DescribedPod {
  readonly pod: KubeObject
  readonly address: string
  readonly startTimeMs: number
  readonly containers: readonly {
    readonly container: Container
    readonly restarts: number
    readonly state: ContainerState
  }[]
}

/** The status of a pod as kubectl shows it. */
export function describePod(
  { pod, address, startTimeMs, containers }: DescribedPod,
  nowMs: number,
): object {
  const waiting = containers.flatMap(({ state }) => ('waiting' in state ? [state.waiting] : []))
  const hasStarted = containers.some(({ restarts, state }) => restarts > 0 || !('waiting' in state))
  const isReady = waiting.length === 0
  const ready = isReady
    ? { status: 'True' as const, reason: '', message: '' }
    : {
        status: 'False' as const,
        reason: 'ContainersNotReady',
        message: waiting[0]?.message ?? '',
      }
  const fine = { status: 'True' as const, reason: '', message: '' }
  const conditions = withTransitionTimes(
    [
      { type: 'PodScheduled', ...fine },
      { type: 'Initialized', ...fine },
      { type: 'ContainersReady', ...ready },
      { type: 'Ready', ...ready },
    ],
    podStatusOf(pod).conditions,
    timestampOf(nowMs),
  )
  return {
    phase: isReady || hasStarted ? 'Running' : 'Pending',
    conditions,
    hostIP: '127.0.0.1',
    podIP: address,
    podIPs: [{ ip: address }],
    startTime: timestampOf(startTimeMs),
    qosClass: 'BestEffort',
    containerStatuses: containers.map(({ container, restarts, state }) => ({
      name: container.name,
      image: container.image ?? '',
      imageID: '',
      ready: !('waiting' in state),
      started: !('waiting' in state),
      restartCount: restarts,
      state:
        'waiting' in state
          ? { waiting: state.waiting }
          : { running: { startedAt: timestampOf(state.runningSinceMs) } },
      lastState: {},
    })),
  }
}
