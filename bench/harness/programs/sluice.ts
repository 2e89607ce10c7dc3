import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { type BenchProcess, startPinned } from './bench-process.ts'

export interface SluiceOptions {
  readonly folder: string
  readonly core: string
  readonly workers: number
  /** YAML documents, applied with `-f`. */
  readonly manifests: string
  /** Pool whose first address the gateway gets. */
  readonly addressPool: string
  readonly adminPort: number
  readonly kubePort: number
  readonly flags?: readonly string[]
  /** `serve` unless it says `dev`. */
  readonly command?: 'serve' | 'dev'
  readonly environment?: Readonly<Record<string, string>>
}

export interface SluiceUnderTest extends BenchProcess {
  /** Milliseconds from the start of the process to its first successful `/readyz`. */
  readonly readyMs: number
  readonly manifestFile: string
  readonly adminPort: number
  readonly kubePort: number
  readonly dataFolder: string
}

const root = join(import.meta.dirname, '../../..')
const pollEveryMs = 5
const giveUpAfterMs = 30_000

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

/** Starts `sluice serve` pinned to a core and resolves when it is ready. */
export async function startSluice(options: SluiceOptions): Promise<SluiceUnderTest> {
  const manifestFolder = join(options.folder, 'manifests')
  mkdirSync(manifestFolder, { recursive: true })
  const manifestFile = join(manifestFolder, 'bench.yaml')
  writeFileSync(manifestFile, options.manifests)
  const dataFolder = join(options.folder, 'data')
  const startedAt = performance.now()
  const sluice = startPinned(
    options.core,
    join(root, 'node_modules/.bin/node'),
    [
      join(root, 'src/main.ts'),
      options.command ?? 'serve',
      ...['--data-dir', dataFolder, '-f', manifestFolder],
      ...['--workers', String(options.workers), '--address-pool', options.addressPool],
      ...[
        '--admin',
        `127.0.0.1:${options.adminPort}`,
        '--kube-api',
        `127.0.0.1:${options.kubePort}`,
      ],
      ...['--allow-loopback-upstreams', '--access-log', join(options.folder, 'access.log')],
      ...(options.flags ?? []),
    ],
    options.environment,
  )
  sluice.child.stdout?.resume()
  while (!(await isReady(options.adminPort))) {
    if (performance.now() - startedAt > giveUpAfterMs) throw new Error('Sluice is not ready.')
    await new Promise((resolve) => setTimeout(resolve, pollEveryMs))
  }
  const readyMs = performance.now() - startedAt
  const { adminPort, kubePort } = options
  return { ...sluice, readyMs, manifestFile, adminPort, kubePort, dataFolder }
}
