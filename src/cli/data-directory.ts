import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { CommandError } from './command-error.ts'

/** Where a run keeps its files. */
export interface DataDirectory {
  /** Absolute. */
  readonly path: string
  /** What the store is opened with: the path, or `:memory:`. */
  readonly store: string
  /** Removes what was only for this run. */
  close(): void
}

/** Opens `--data-dir`: a folder that only its owner can read, or a temporary one for `:memory:`. */
export function openDataDirectory(option: string): DataDirectory {
  if (option === ':memory:') {
    const path = mkdtempSync(join(tmpdir(), 'sluice-'))
    return { path, store: option, close: () => rmSync(path, { recursive: true, force: true }) }
  }
  const path = resolve(option)
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandError(`--data-dir ${option} cannot be used: ${reason}`)
  }
  return { path, store: path, close: () => undefined }
}
