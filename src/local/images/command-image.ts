import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImageStart, RunningImage } from './local-image.ts'

/** What a command finds in its environment of Sluice's own; the manifest adds nothing to it. */
export type CommandEnvironment = Readonly<Record<string, string | undefined>>

const readyTimeoutMs = 60_000
const pollMs = 50
const graceMs = 5_000

/**
 * Runs a command line of the operator's for an image, once per replica. It finds where to listen in `HOST` and `PORT`, is
 * ready when it listens there, and ends with Sluice.
 */
export async function startCommand(
  command: string,
  environment: CommandEnvironment,
  { address, ports, hostName, log }: ImageStart,
): Promise<RunningImage> {
  const [declared] = ports
  const port = await choosePort(address, declared)
  const child = spawn('/bin/sh', ['-c', command], {
    // A group of its own, so that what the shell started ends with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment, HOST: address, PORT: String(port), POD_NAME: hostName },
  })
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', log)
  }
  const end = () => signalGroup(child, 'SIGKILL')
  process.once('exit', end)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? `code ${code}`}`))
  }).finally(() => process.removeListener('exit', end))
  const close = () => closeGroup(child)
  const failure = await Promise.race([ended, untilListening(child, address, port)])
  if (failure !== undefined) {
    await close()
    throw new Error(failure)
  }
  return { ports: new Map([[declared ?? port, port]]), ended, close }
}

/** The declared port where it can be had, else any free one. */
async function choosePort(address: string, declared: number | undefined): Promise<number> {
  for (const port of [declared ?? 8080, 0]) {
    const server = createServer()
    try {
      server.listen(port, address)
      await once(server, 'listening')
      return portOf(server)
    } catch {
      // Taken, or not for this user.
    } finally {
      server.close()
    }
  }
  throw new Error(`no port of ${address} is free`)
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Resolves with nothing once the port answers, else with what is wrong. */
async function untilListening(
  child: ChildProcess,
  host: string,
  port: number,
): Promise<string | undefined> {
  for (let waitedMs = 0; waitedMs < readyTimeoutMs; waitedMs += pollMs) {
    if (child.exitCode !== null || (await answers(host, port))) return undefined
    await sleep(pollMs)
  }
  return `it did not listen on ${host}:${port}, named in HOST and PORT, within ${readyTimeoutMs / 1000} s`
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function closeGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const exited = once(child, 'exit')
  signalGroup(child, 'SIGTERM')
  const force = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs)
  await exited
  clearTimeout(force)
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // It has ended already.
  }
}
