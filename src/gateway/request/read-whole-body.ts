import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import { Deadlines } from '../forwarding/deadlines.ts'
import type { Exchange } from './exchange.ts'

/** Reads the whole body of a request, unless it is too long or its client falls silent. */
export function readWholeBody(
  exchange: Exchange,
  limitBytes: number,
  done: (error: GatewayError | undefined) => void,
): void {
  if (exchange.body.ended) {
    done(undefined)
    return
  }
  const idleMs = exchange.ingress.listener.config.http.streamIdleTimeoutMs
  const owner = {
    timedOut() {
      exchange.body.discard()
      if (!exchange.completed) done(gatewayError('request-timeout', 'request timeout'))
    },
  }
  const silence = new Deadlines(exchange.services, owner, 0, idleMs)
  exchange.body.readWhole(limitBytes, {
    bodyReady() {
      silence.stop()
      done(undefined)
    },
    bodyActive: () => silence.touch(),
    bodyEnded: () => undefined,
    bodyFailed(error) {
      silence.stop()
      done(error)
    },
  })
  // A client that has gone needs no watching.
  exchange.bodyWatch = silence
}
