import { createHash } from 'node:crypto'
import { request, type Server } from 'node:http'
import type { Duplex } from 'node:stream'

/** Agrees to every WebSocket and sends back what comes through it (RFC 6455, section 1.3). */
export function echoWebSockets(server: Server): void {
  server.on('upgrade', ({ headers }, socket: Duplex) => {
    const magic = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(magic).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
    )
    socket.pipe(socket)
  })
}

/** Where a WebSocket is asked for. */
export interface WebSocketTarget {
  readonly address: string
  readonly port: number
  readonly path: string
  readonly host: string
}

/** Opens a WebSocket, sends `hello` through it and resolves with what comes back, or with the status of a refusal. */
export function sendHello({ address, port, path, host }: WebSocketTarget): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request({
      ...{ host: address, port, path, agent: false },
      headers: {
        ...{ host, connection: 'Upgrade', upgrade: 'websocket' },
        ...{ 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' },
      },
    })
    call.on('error', reject)
    call.on('response', (response) => {
      response.resume()
      resolve(String(response.statusCode))
    })
    call.on('upgrade', (_, socket) => {
      socket.on('error', reject)
      socket.once('data', (chunk) => {
        resolve(chunk.toString())
        socket.destroy()
      })
      socket.write('hello')
    })
    call.end()
  })
}
