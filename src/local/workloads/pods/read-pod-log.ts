import type { ObjectSource } from '../../../kube/object-source.ts'
import { badRequestError, notFoundError } from '../../../kube/resources/status-error.ts'
import type { PodLogRequest, PodLogs } from '../../../kube/server/resource/pod-logs.ts'
import type { Clock } from '../../../lib/time/clock.ts'
import { podKind } from '../objects.ts'
import type { PodRunner } from './pod-runner.ts'

interface LogSources {
  readonly source: ObjectSource
  readonly clock: Clock
  readonly runner: PodRunner
}

/** Answers requests for logs from what the runner keeps. */
export function readPodLog(sources: () => LogSources): PodLogs {
  return (request) => readLog(request, sources())
}

async function* readLog(
  request: PodLogRequest,
  { source, clock, runner }: LogSources,
): AsyncGenerator<string> {
  const { namespace, name, container, sinceTime, sinceSeconds } = request
  const pod = source.get({ ...podKind, namespace, name })
  if (pod === undefined) throw notFoundError({ group: '', plural: 'pods' }, name)
  const found = runner.logOf(pod, container)
  if (found === undefined)
    throw badRequestError(`container ${container} is not valid for pod ${name}`)
  if (request.previous) {
    throw badRequestError(`previous terminated container ${container} in pod ${name} not found`)
  }
  if ('waiting' in found.state && found.state.waiting.reason !== 'CrashLoopBackOff') {
    const { reason, message } = found.state.waiting
    throw badRequestError(
      `container "${container}" in pod "${name}" is waiting to start: ${reason}${message && `: ${message}`}`,
    )
  }
  const since =
    sinceSeconds === undefined ? Date.parse(sinceTime ?? '') : clock.now() - sinceSeconds * 1000
  yield* found.log.read({
    follow: request.follow,
    timestamps: request.timestamps,
    tailLines: request.tailLines,
    sinceMs: Number.isNaN(since) ? undefined : since,
    limitBytes: request.limitBytes,
    signal: request.signal,
  })
}
