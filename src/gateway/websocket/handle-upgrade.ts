import type { RequestServices } from '../request/request-services.ts'
import type { RequestHandler } from '../request-handler.ts'

/** Takes WebSocket upgrades. */
export function createUpgradeHandler(_services: RequestServices): RequestHandler['handleUpgrade'] {
  return (_request, socket) => {
    socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  }
}
