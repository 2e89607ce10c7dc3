import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Version of the program, such as `0.1.0`: from the package.json two folders up, in sources and in the built package alike. */
export function readVersion(): string {
  const file = join(import.meta.dirname, '../../package.json')
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const version = (manifest as { version?: unknown }).version
  return typeof version === 'string' ? version : 'unknown'
}
