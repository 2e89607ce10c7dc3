import { chownSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './run-command.ts'

const nobody = 65_534

/** Somebody with no right of the administrator. */
export interface OtherUser {
  /** Put before a command, it makes this user run it. */
  readonly prefix: readonly string[]
  /** Gives a folder to this user. */
  readonly own: (folder: string) => void
}

/**
 * Another user than root: `nobody`, or, where that one may not read the checkout, root without a single capability;
 * the user of the tests where that is not root.
 */
export async function findOtherUser(): Promise<OtherUser> {
  if (process.getuid?.() !== 0) return { prefix: [], own: () => undefined }
  const prefix = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']
  const checkout = join(import.meta.dirname, '../../../node_modules/.bin/node')
  const { code } = await runCommand([...prefix, 'test', '-x', checkout])
  if (code === 0) return { prefix, own: (folder) => chownSync(folder, nobody, nobody) }
  return {
    prefix: ['setpriv', '--bounding-set=-all', '--inh-caps=-all'],
    own: () => undefined,
  }
}
