import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { RunningImage } from './local-image.ts'

/** A port, and what serves it. */
export interface PortServer {
  readonly port: number
  /** Makes a server that does not listen yet; called again where the port cannot be had. */
  readonly create: () => Server
}

interface Listening {
  readonly server: Server
  readonly sockets: ReadonlySet<Socket>
}

const never = new Promise<string>(() => undefined)

/** Serves each port; one that cannot be had, for want of rights or because it is taken, is served at any free one. */
export async function listenOnPorts(
  servers: readonly PortServer[],
  address: string,
): Promise<RunningImage> {
  const all: Listening[] = []
  const close = async () => {
    await Promise.all(all.map(closeServer))
  }
  const served = new Map<number, number>()
  try {
    for (const { port, create } of servers) {
      if (served.has(port)) continue
      const listening = await listen(create, address, port)
      all.push(listening)
      served.set(port, (listening.server.address() as AddressInfo).port)
    }
  } catch (error) {
    await close()
    throw error
  }
  return { ports: served, ended: never, close }
}

async function listen(create: () => Server, address: string, port: number): Promise<Listening> {
  try {
    return await tryListen(create(), address, port)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'EACCES' && code !== 'EADDRINUSE') throw error
    return tryListen(create(), address, 0)
  }
}

async function tryListen(server: Server, address: string, port: number): Promise<Listening> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(port, address)
  await once(server, 'listening')
  return { server, sockets }
}

async function closeServer({ server, sockets }: Listening): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  for (const socket of sockets) socket.destroy()
  await closed
}
