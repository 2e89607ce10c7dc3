import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findFreePort } from '../../src/lib/http/testing/free-port.ts'
import { waitUntil } from './wait-until.ts'

export interface SluiceOptions {
  readonly command?: 'serve' | 'dev'
  readonly flags?: readonly string[]
  /** Kept over several starts; a folder of its own unless given. */
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly workers?: number
  /** What runs; the sources unless given. */
  readonly mainFile?: string
  /** A command that it is started by, such as `setpriv …`. */
  readonly prefix?: readonly string[]
}

/** A whole Sluice as people start it, with ports and addresses of its own. */
export interface SluiceProcess {
  readonly child: ChildProcess
  readonly folder: string
  readonly kubeconfig: string
  readonly adminPort: number
  readonly kubePort: number
  /** What it said on standard output and standard error so far. */
  readonly output: () => string
  readonly standardOutput: () => string
  /** SIGTERM, or another signal, and wait for its end. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

const projectFolder = join(import.meta.dirname, '../..')
const node = join(projectFolder, 'node_modules/.bin/node')
const sources = join(projectFolder, 'src/main.ts')

/** A network of 127.0.0.0/8 that no other test is likely to use at the same time. */
function randomAddressPool(): string {
  return `127.${randomInt(20, 250)}.${randomInt(1, 250)}.0/24`
}

/** Starts Sluice and resolves when it is ready. */
export async function startSluice(options: SluiceOptions = {}): Promise<SluiceProcess> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'sluice-test-'))
  const dataDir = join(folder, 'data')
  const [adminPort, kubePort] = [await findFreePort(), await findFreePort()]
  const parameters = [
    ...[options.mainFile ?? sources, options.command ?? 'serve', '--data-dir', dataDir],
    ...['--admin', `127.0.0.1:${adminPort}`, '--kube-api', `127.0.0.1:${kubePort}`],
    ...['--workers', String(options.workers ?? 1), '--address-pool', randomAddressPool()],
    ...['--access-log', join(folder, 'access.log'), '--drain-seconds', '5'],
    ...(options.flags ?? []),
  ]
  const [program = node, ...rest] = [...(options.prefix ?? []), node, ...parameters]
  const child = spawn(program, rest, {
    cwd: folder,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let standardOutput = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
    standardOutput += chunk
  })
  child.stderr?.on('data', (chunk) => {
    output += chunk
  })
  // A test run that is interrupted must not leave it behind.
  const end = () => void child.kill('SIGKILL')
  process.once('exit', end)
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  void exited.then(() => process.removeListener('exit', end))
  await waitUntil('Sluice to be ready', async () => {
    if (child.exitCode !== null) throw new Error(`Sluice ended:\n${output}`)
    return (await isReady(adminPort)) && output.includes('is ready')
  })
  return {
    ...{ child, folder, adminPort, kubePort },
    kubeconfig: join(dataDir, 'kubeconfig'),
    output: () => output,
    standardOutput: () => standardOutput,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      const code = await exited
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
      return code
    },
  }
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ host: '127.0.0.1', port, path: '/readyz' }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    call.on('error', () => resolve(false))
    call.end()
  })
}

/** The lines of the access log so far, parsed. */
export function readAccessLog({ folder }: SluiceProcess): Record<string, unknown>[] {
  return readFileSync(join(folder, 'access.log'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
