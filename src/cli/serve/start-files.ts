import { X509Certificate } from 'node:crypto'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { messageOf } from '../../lib/message-of.ts'
import { CommandError } from '../command-error.ts'

/** The certificates of a `--cacert` file, PEM; refuses one that holds none, which would be trusted in vain. */
export function readAuthority(file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new CommandError(`--cacert ${file} cannot be read: ${messageOf(error)}`)
  }
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) throw new CommandError(`--cacert ${file} holds no certificate in PEM.`)
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block)
    } catch (error) {
      const which = `certificate ${index + 1} of ${blocks.length}`
      throw new CommandError(`--cacert ${file}: ${which} cannot be read: ${messageOf(error)}`)
    }
  }
  return text
}

/** Ends the start when the access log (`-` and the empty text apart) cannot be appended to. */
export function checkAccessLog(destination: string): void {
  if (destination === '-' || destination === '') return
  try {
    closeSync(openSync(destination, 'a', 0o640))
  } catch (error) {
    throw new CommandError(`--access-log ${destination} cannot be written: ${messageOf(error)}`)
  }
}

/** Ends the start when a path of `-f` does not exist: more likely a slip than a file to come. */
export function checkManifestPaths(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      statSync(path)
    } catch (error) {
      throw new CommandError(`-f ${path} cannot be read: ${messageOf(error)}`)
    }
  }
}
