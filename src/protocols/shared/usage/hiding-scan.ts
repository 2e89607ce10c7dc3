import { BodyPiece } from '../../../lib/http/body-piece.ts'
import type { UsageScan } from '../../../llm/usage-scan.ts'
import type { SseEvent } from '../sse/sse-event.ts'
import { SseFramer } from '../sse/sse-framer.ts'
import type { CountingScan } from './usage-scan.ts'

/** Keeps events that report usage and that `isHidden` says from the client, and any event that is not whole until it is. */
export function hideEvents(scan: CountingScan, isHidden: (event: SseEvent) => boolean): UsageScan {
  const framer = new SseFramer()
  const isShown = (event: SseEvent) => {
    const before = scan.reports
    scan.push(event.piece)
    scan.end()
    return scan.reports === before || !isHidden(event)
  }
  const relay = (events: readonly SseEvent[]) => {
    const shown = events.filter(isShown).map(({ latin1 }) => latin1)
    return BodyPiece.ofLatin1(shown.join(''))
  }
  return {
    push: (piece) => relay(framer.push(piece)),
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
