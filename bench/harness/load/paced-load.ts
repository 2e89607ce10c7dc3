import { type BenchProcess, watchCore } from '../programs/bench-process.ts'
import { percentileOf } from '../statistics/percentile.ts'
import { loadCore, measuredCore } from '../topology.ts'
import { runLoad } from './requests.ts'

/** Clients that read slow streams at once, and how many events a stream has. */
export const pacedLoad = {
  streams: 512,
  eventsPerStream: 64,
  streamMs: 64 * 20,
  rounds: 3,
} as const

export interface PacedTarget {
  readonly url: string
  readonly head: string
  readonly requestBody: string
  /** Undefined: nobody stands between the client and the upstream. */
  readonly process: BenchProcess | undefined
}

export interface PacedRun {
  readonly cpuMicrosPerEvent: number
  readonly firstEventP50Ms: number
  readonly firstEventP99Ms: number
  readonly incomplete: number
  readonly measuredIdlePercent: number
  readonly loadIdlePercent: number
}

/** A guard that held text back may say it in an event of its own. */
const isComplete = (body: string) =>
  body.includes('data: [DONE]') && body.split('data: ').length > pacedLoad.eventsPerStream

/** Reads 512 streams at once from `target`, as often as {@link pacedLoad} says. */
export async function measurePaced(target: PacedTarget): Promise<PacedRun> {
  const { streams, eventsPerStream, streamMs, rounds } = pacedLoad
  const cpuBefore = target.process?.cpuMicros() ?? 0
  const cores = [watchCore(Number(measuredCore)), watchCore(Number(loadCore))] as const
  const { samples, totals } = await runLoad({
    url: target.url,
    head: target.head,
    requestBody: target.requestBody,
    connections: streams,
    rampMs: streamMs,
    requestsPerConnection: rounds,
  })
  const cpu = (target.process?.cpuMicros() ?? 0) - cpuBefore
  const complete = samples.filter(({ status, body }) => status === 200 && isComplete(body))
  const firstEvents = samples.map(({ firstByteMs }) => firstByteMs)
  return {
    cpuMicrosPerEvent: cpu / (totals.sent * eventsPerStream),
    firstEventP50Ms: percentileOf(firstEvents, 50),
    firstEventP99Ms: percentileOf(firstEvents, 99),
    incomplete: totals.sent - complete.length,
    measuredIdlePercent: cores[0](),
    loadIdlePercent: cores[1](),
  }
}
