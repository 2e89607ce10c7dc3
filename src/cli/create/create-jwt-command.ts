import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { signingAlgorithmOf, signToken } from '../../lib/jwk/sign-token.ts'
import { messageOf } from '../../lib/message-of.ts'
import { parseDuration } from '../../lib/time/duration.ts'
import type { ClientCommandParts } from '../client-parts.ts'
import { CommandError } from '../command-error.ts'

interface JwtFlags {
  readonly key: string
  readonly claim: readonly string[]
  readonly claims?: string
  readonly keyId?: string
  readonly expiresIn?: string
}

/** `sluice create jwt --key FILE` */
export function createJwtCommand(parts: ClientCommandParts): Command {
  return new Command('jwt')
    .description('sign a JSON Web Token and print it')
    .requiredOption('-k, --key <file>', 'private key (PEM: RSA, EC or Ed25519)')
    .option(
      '-c, --claim <name=value>',
      'a claim; a value that is JSON is taken as such (repeatable)',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .option('--claims <json>', 'claims as a JSON object; those of --claim come on top')
    .option('--key-id <id>', 'the "kid" of the token')
    .option('--expires-in <duration>', 'sets "iat" and "exp", such as 1h; without it, no end')
    .addHelpText(
      'after',
      `
Examples:
  sluice create key-pair private-key.pem > public-key.pem
  sluice create jwt -k private-key.pem -c iss=solo.io -c sub=alice --claims '{"llms":{"openai":["gpt-4o"]}}'
`,
    )
    .action((flags: JwtFlags) => {
      const key = readKey(flags.key, parts.workingDirectory)
      const alg = signingAlgorithmOf(key)
      if (alg === undefined) throw new CommandError(`${flags.key} has a type that signs no tokens.`)
      const header = flags.keyId === undefined ? { alg } : { alg, kid: flags.keyId }
      const claims = {
        ...readClaims(flags.claims),
        ...Object.fromEntries(flags.claim.map(readClaim)),
        ...readTimes(flags.expiresIn, parts.now()),
      }
      parts.terminal.out(`${signToken(key, header, claims)}\n`)
    })
}

function readKey(file: string, folder: string): KeyObject {
  let text: string
  try {
    text = readFileSync(resolve(folder, file), 'utf8')
  } catch (error) {
    const reason = messageOf(error)
    throw new CommandError(`--key ${file} cannot be read: ${reason}`)
  }
  try {
    return createPrivateKey(text)
  } catch {
    throw new CommandError(
      `--key ${file} is no private key in PEM form. sluice create key-pair makes one.`,
    )
  }
}

function readClaims(text: string | undefined): object {
  if (text === undefined) return {}
  const value = parseJson(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new CommandError('--claims is not a JSON object, such as {"sub":"alice"}.')
}

function readClaim(text: string): [string, unknown] {
  const at = text.indexOf('=')
  if (at < 1) throw new CommandError(`--claim ${text} is not of the form name=value.`)
  const value = text.slice(at + 1)
  return [text.slice(0, at), parseJson(value) ?? value]
}

function readTimes(text: string | undefined, nowMs: number): object {
  if (text === undefined) return {}
  const durationMs = parseDuration(text)
  if (durationMs === undefined) {
    throw new CommandError(`--expires-in ${text} is not a duration, such as 1h or 90s.`)
  }
  const iat = Math.floor(nowMs / 1000)
  return { iat, exp: iat + Math.round(durationMs / 1000) }
}

/** Undefined: not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
