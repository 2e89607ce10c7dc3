import type { UsageScan } from '../../../llm/usage-scan.ts'
import type { SseEvent } from '../sse/sse-event.ts'
import { SseFramer } from '../sse/sse-framer.ts'

/** Keeps the events that `isHidden` says from the client, and an event that is not whole until it is. */
export function hideEvents(scan: UsageScan, isHidden: (event: SseEvent) => boolean): UsageScan {
  const framer = new SseFramer()
  const relay = (events: readonly SseEvent[]) => {
    const shown = events.filter((event) => !isHidden(event)).map(({ bytes }) => bytes)
    return shown.length === 1 && shown[0] ? shown[0] : Buffer.concat(shown)
  }
  return {
    push(chunk) {
      scan.push(chunk)
      return relay(framer.push(chunk))
    },
    end: () => relay(framer.end()),
    get usage() {
      return scan.usage
    },
    get model() {
      return scan.model
    },
  }
}
