import type { RequestRecord } from '../../telemetry/request-record.ts'
import type { Exchange } from './exchange.ts'

/** Writes a line for a request that is over into each log of its listener. */
export function writeAccessLogs(exchange: Exchange, outcome: RequestRecord): void {
  const { ingress, responseHeaders, services } = exchange
  for (const log of ingress.listener.accessLogs) {
    try {
      const line = log.lineOf({ context: exchange, responseHeaders, outcome })
      if (line !== undefined) services.writeLogLine(log.destination, line)
    } catch {
      // A value that has no JSON form costs its line; the request is over and others go on.
    }
  }
}
