import type { UsageScan } from '../../../llm/usage-scan.ts'
import type { SseEvent } from '../sse/sse-event.ts'
import { SseFramer } from '../sse/sse-framer.ts'
import type { CountingScan } from './usage-scan.ts'

/** Keeps events that report usage and that `isHidden` says from the client, and any event that is not whole until it is. */
export function hideEvents(scan: CountingScan, isHidden: (event: SseEvent) => boolean): UsageScan {
  const framer = new SseFramer()
  const isShown = (event: SseEvent) => {
    const before = scan.reports
    scan.push(event.bytes)
    scan.end()
    return scan.reports === before || !isHidden(event)
  }
  const relay = (events: readonly SseEvent[]) => {
    const shown = events.filter(isShown).map(({ bytes }) => bytes)
    return shown.length === 1 && shown[0] ? shown[0] : Buffer.concat(shown)
  }
  return {
    push: (chunk) => relay(framer.push(chunk)),
    end: () => relay(framer.end()),
    isWhole: false,
    get usage() {
      return scan.usage
    },
    get model() {
      return scan.model
    },
  }
}
