import { createServer, type Server } from 'node:net'
import { formatSocketAddress, type SocketAddress } from '../../lib/http/socket-address.ts'
import { findPortHolder } from '../../lib/process-holder.ts'

/** Why a port cannot be had. */
export interface PortRefusal {
  readonly reason: 'in-use' | 'not-permitted' | 'address-not-available' | 'other'
  readonly message: string
}

function listen(server: Server, where: object): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve)
    server.listen(where, () => resolve(undefined))
  })
}

const close = (server: Server) => new Promise((resolve) => server.close(resolve))

/**
 * The ports that this process has claimed for its gateway threads. The threads share each port
 * (`SO_REUSEPORT`), so a second process could take half of their connections unnoticed; a lock of the
 * process, released by the kernel when it ends, prevents that.
 */
export class PortLocks {
  readonly #held = new Map<string, Server>()

  /** Claims `address`; claiming it again is free. Undefined: it is ours. */
  async claim(address: SocketAddress): Promise<PortRefusal | undefined> {
    const key = formatSocketAddress(address)
    if (this.#held.has(key)) return undefined
    const refusal = await probe(address)
    if (refusal !== undefined) return refusal
    const lock = createServer((socket) => socket.end())
    lock.unref()
    if (process.platform === 'linux') {
      const error = await listen(lock, { path: `\0sluice-port/${key}` })
      if (error !== undefined) return refusalOf(error, address)
    }
    this.#held.set(key, lock)
    return undefined
  }

  /** Gives back every claimed address that is not in `used` (`host:port` texts). */
  releaseAllBut(used: ReadonlySet<string>): void {
    for (const [key, lock] of this.#held) {
      if (used.has(key)) continue
      lock.close()
      this.#held.delete(key)
    }
  }
}

async function probe(address: SocketAddress): Promise<PortRefusal | undefined> {
  const server = createServer()
  const error = await listen(server, { host: address.host, port: address.port, exclusive: true })
  if (error !== undefined) return refusalOf(error, address)
  await close(server)
  return undefined
}

function refusalOf(error: NodeJS.ErrnoException, address: SocketAddress): PortRefusal {
  const where = formatSocketAddress(address)
  switch (error.code) {
    case 'EADDRINUSE': {
      const holder = findPortHolder(address) ?? 'another process'
      return { reason: 'in-use', message: `${where} is in use by ${holder}` }
    }
    case 'EACCES':
    case 'EPERM':
      return {
        reason: 'not-permitted',
        message: `binding port ${address.port} needs a right that this process lacks`,
      }
    case 'EADDRNOTAVAIL':
      return {
        reason: 'address-not-available',
        message: `${address.host} is not an address of this machine`,
      }
    default:
      return { reason: 'other', message: `${where} cannot be bound: ${error.message}` }
  }
}
