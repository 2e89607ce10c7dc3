import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { messageOf } from '../../lib/message-of.ts'
import { CommandError } from '../command-error.ts'

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
    const close = () => rmSync(path, { recursive: true, force: true })
    // A start that fails must leave nothing behind either.
    process.once('exit', close)
    return { path, store: option, close }
  }
  const path = resolve(option)
  try {
    makeFolder(path)
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const reason = messageOf(error)
    throw new CommandError(
      `--data-dir ${option} cannot be used: ${reason}. Name a folder that you may write to.`,
    )
  }
  return { path, store: path, close: () => undefined }
}

/** Not `mkdirSync` with `recursive`: under `/proc` that never returns. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent)
  mkdirSync(path, { mode: 0o700 })
}
