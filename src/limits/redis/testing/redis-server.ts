import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { findFreePort } from '../../../lib/http/testing/free-port.ts'

/** A Redis server for tests, on a port of its own that stays the same when it is started anew. */
export class RedisServer {
  readonly port: number
  readonly #flags: readonly string[]
  #child: ChildProcess | undefined

  private constructor(port: number, flags: readonly string[]) {
    this.port = port
    this.#flags = flags
  }

  static async start(flags: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await findFreePort(), flags)
    await server.restart()
    return server
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts it with nothing in it. */
  async restart(): Promise<void> {
    const files = ['--save', '', '--appendonly', 'no', '--daemonize', 'no']
    const place = ['--port', String(this.port), '--bind', '127.0.0.1']
    const child = spawn('redis-server', [...place, ...files, ...this.#flags], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    // A test run that is interrupted must not leave it behind.
    const end = () => void child.kill('SIGKILL')
    process.once('exit', end)
    child.once('exit', () => process.removeListener('exit', end))
    const lines = createInterface({ input: child.stdout })
    let output = ''
    const ready = new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        output += `${line}\n`
        if (line.includes('Ready to accept connections')) resolve()
      })
      child.once('error', (error) =>
        reject(new Error('is redis-server installed?', { cause: error })),
      )
      child.once('exit', () => reject(new Error(`redis-server ended:\n${output}`)))
    })
    await ready
  }

  /** As a crash. */
  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  /** Keeps connections open and answers nothing until {@link resume}. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }
}
