import { join } from 'node:path'
import type { Terminal } from '../cli/program.ts'
import type { DataDirectory } from '../cli/serve/data-directory.ts'
import type { ServeOptions } from '../cli/serve/serve-options.ts'
import type { CertificateAuthority } from '../lib/certificates/certificate-authority.ts'
import { messageOf } from '../lib/message-of.ts'
import type { SpawnThread } from '../link/gateway-threads.ts'
import type { MetricsRegistry } from '../telemetry/metrics-registry.ts'

/** How `serve` and `dev` differ. */
export interface RunSettings {
  readonly simulated: boolean
  readonly version: string
  readonly terminal: Terminal
  readonly spawnThread: SpawnThread
  /** What commands that run for container images are started with. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What every part of the control side stands on. */
export interface Foundations {
  readonly authority: CertificateAuthority
  readonly data: DataDirectory
  readonly metrics: MetricsRegistry
}

/** Where the access log goes; empty: nowhere. */
export function accessLogOf({ accessLog }: ServeOptions, data: DataDirectory): string {
  if (accessLog === 'none') return ''
  return accessLog === '' ? join(data.path, 'access.log') : accessLog
}

/** Tells people of an error that ends nothing. */
export const reporter = (terminal: Terminal) => (message: string, error: unknown) =>
  terminal.err(`${message} ${messageOf(error)}\n`)
