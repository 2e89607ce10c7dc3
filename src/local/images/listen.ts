import { once } from 'node:events'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from '../../lib/http/node-http.ts'
import type { RunningImage } from './local-image.ts'

const never = new Promise<string>(() => undefined)

/** Serves each port; one that cannot be had, for want of rights or because it is taken, is served at any free one. */
export async function listenOnPorts(
  listener: RequestListener,
  address: string,
  ports: readonly number[],
): Promise<RunningImage> {
  const servers: Server[] = []
  const close = async () => {
    await Promise.all(servers.map(closeServer))
  }
  const served = new Map<number, number>()
  try {
    for (const port of new Set(ports)) {
      const server = await listen(listener, address, port)
      servers.push(server)
      served.set(port, (server.address() as AddressInfo).port)
    }
  } catch (error) {
    await close()
    throw error
  }
  return { ports: served, ended: never, close }
}

async function listen(listener: RequestListener, address: string, port: number): Promise<Server> {
  try {
    return await tryListen(listener, address, port)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'EACCES' && code !== 'EADDRINUSE') throw error
    return tryListen(listener, address, 0)
  }
}

async function tryListen(
  listener: RequestListener,
  address: string,
  port: number,
): Promise<Server> {
  const server = createServer(listener)
  server.listen(port, address)
  await once(server, 'listening')
  return server
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
