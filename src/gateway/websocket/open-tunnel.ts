import type { Duplex } from 'node:stream'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { Exchange } from '../request/exchange.ts'
import type { UpgradedClient } from './upgraded-client.ts'

/** What a tunnel tells of itself. */
export interface TunnelListener {
  tunnelActive(): void
  tunnelClosed(): void
}

/** Headers that the gateway writes itself in the answer to an upgrade. */
const ownHeaders = new Set(['connection', 'upgrade', 'server', 'keep-alive', 'transfer-encoding'])

/** Passes the upstream's 101 on and joins both sockets until one closes. */
export function openTunnel(
  exchange: Exchange,
  client: UpgradedClient,
  upstream: { headers: Record<string, string | string[] | undefined>; socket: Duplex },
  listener: TunnelListener,
): void {
  client.socket.write(encodeSwitchingHead(exchange, upstream.headers), 'latin1')
  exchange.firstByteMs = exchange.services.now() - exchange.startTimeMs
  if (client.head.length > 0) upstream.socket.write(client.head)
  join(client.socket, upstream.socket, (length) => {
    exchange.body.bytes += length
    listener.tunnelActive()
  })
  join(upstream.socket, client.socket, (length) => {
    exchange.responseBytes += length
    listener.tunnelActive()
  })
  let closed = false
  const close = (): void => {
    if (closed) return
    closed = true
    client.socket.destroy()
    upstream.socket.destroy()
    listener.tunnelClosed()
  }
  for (const socket of [client.socket, upstream.socket]) {
    socket.on('error', close)
    socket.on('close', close)
  }
}

function encodeSwitchingHead(
  exchange: Exchange,
  headers: Record<string, string | string[] | undefined>,
): string {
  const list = new HeaderList()
  for (const [name, value] of Object.entries(headers)) {
    if (ownHeaders.has(name) || value === undefined) continue
    for (const each of [value].flat()) list.append(name, each)
  }
  list.append('server', exchange.ingress.listener.config.http.serverName)
  exchange.status = 101
  exchange.finishHead({ status: 101, headers: list })
  let head = 'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n'
  for (let index = 0; index < list.flat.length; index += 2) {
    head += `${list.flat[index]}: ${list.flat[index + 1]}\r\n`
  }
  return `${head}\r\n`
}

/** A pipe that counts and leaves the closing of both ends to the tunnel. */
function join(from: Duplex, to: Duplex, count: (length: number) => void): void {
  from.on('data', (chunk: Buffer) => {
    count(chunk.length)
    if (!to.write(chunk)) from.pause()
  })
  to.on('drain', () => from.resume())
  from.on('end', () => to.end())
}
