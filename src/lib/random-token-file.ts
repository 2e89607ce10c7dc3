import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

/** The token kept in `path`, made at random when there is none; only the owner can read the file. */
export function openRandomTokenFile(path: string): string {
  try {
    const token = randomBytes(24).toString('base64url')
    writeFileSync(path, `${token}\n`, { mode: 0o600, flag: 'wx' })
    return token
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const token = readFileSync(path, 'utf8').trim()
    if (token.length >= 16) return token
    throw new Error(`${path} holds no token; delete the file and start again.`)
  }
}
