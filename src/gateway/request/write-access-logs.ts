import type { HeaderList } from '../../lib/http/header-list.ts'
import type { RequestContext } from '../../policies/policy.ts'
import type { RequestRecord } from '../../telemetry/request-record.ts'
import type { Ingress } from '../request-handler.ts'
import type { RequestServices } from './request-services.ts'

/** The request that a line is about. */
interface LoggedExchange extends RequestContext {
  readonly ingress: Ingress
  readonly services: RequestServices
  readonly responseHeaders: HeaderList | undefined
}

/** Writes a line for a request that is over into each log of its listener. */
export function writeAccessLogs(exchange: LoggedExchange, outcome: RequestRecord): void {
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
