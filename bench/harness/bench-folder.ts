import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for one run's configuration files and logs. */
export interface BenchFolder {
  readonly path: string
  remove(): void
}

export function createBenchFolder(): BenchFolder {
  const path = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
