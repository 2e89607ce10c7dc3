import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { messageOf } from '../../lib/message-of.ts'
import type { ClientCommandParts } from '../client-parts.ts'
import { CommandError } from '../command-error.ts'

/** `sluice create key-pair FILE` */
export function createKeyPairCommand({ terminal, workingDirectory }: ClientCommandParts): Command {
  return new Command('key-pair')
    .description('make an RSA key pair: the private key goes to a file, the public key is printed')
    .argument('<file>', 'new file for the private key, readable by its owner only')
    .option('--jwks', 'print the public key as a JWKS instead of PEM')
    .addHelpText('after', '\nExample:\n  sluice create key-pair private-key.pem > public-key.pem\n')
    .action((file: string, { jwks }: { readonly jwks?: true }) => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const pem = privateKey.export({ format: 'pem', type: 'pkcs8' })
      try {
        writeFileSync(resolve(workingDirectory, file), pem, { flag: 'wx', mode: 0o600 })
      } catch (error) {
        throw new CommandError(writeProblem(file, error))
      }
      terminal.out(jwks ? formatKeySet(privateKey) : formatPem(privateKey))
    })
}

function writeProblem(file: string, error: unknown): string {
  const reason = messageOf(error)
  return reason.startsWith('EEXIST')
    ? `${file} exists already, and its key may be in use. Name another file or remove it.`
    : `${file} cannot be written: ${reason}`
}

const formatPem = (key: KeyObject) =>
  createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString()

const formatKeySet = (key: KeyObject) =>
  `${JSON.stringify({ keys: [createPublicKey(key).export({ format: 'jwk' })] })}\n`
