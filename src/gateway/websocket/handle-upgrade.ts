import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { gatewayError } from '../../errors/gateway-error.ts'
import { ServerResponse as NodeServerResponse } from '../../lib/http/node-http.ts'
import type { Exchange } from '../request/exchange.ts'

/** An answer object over the socket of an upgrade request, for everything that is not a tunnel. */
export function createUpgradeResponse(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new NodeServerResponse(request)
  response.shouldKeepAlive = false
  // Node hands out the socket as a Duplex; on its own servers it is the connection.
  const connection = socket as Socket
  response.assignSocket(connection)
  response.on('finish', () => connection.destroySoon())
  return response
}

/** Why an upgrade may not happen; undefined when the route tunnels it. */
export function checkUpgrade(exchange: Exchange) {
  const action = exchange.match?.route.action
  if (exchange.upgrade !== 'websocket') {
    return gatewayError('upgrade-refused', 'the only upgrade that this gateway makes is websocket')
  }
  if (action?.type === 'forward' && !action.config.websocket) {
    return gatewayError('upgrade-refused', 'this route does not allow WebSocket upgrades')
  }
  const reader = exchange.model?.policies.strictReader
  if (reader === undefined) return undefined
  const message = `the ${reader.type} policy of this route cannot see into WebSockets`
  return gatewayError('upgrade-refused', message)
}
