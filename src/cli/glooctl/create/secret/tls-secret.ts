import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { messageOf } from '../../../../lib/message-of.ts'
import { CommandError } from '../../../command-error.ts'
import type { SecretRecipe } from './secret-recipe.ts'

interface TlsFlags {
  readonly certchain?: string
  readonly privatekey?: string
  readonly rootca?: string
  readonly ocspstaple?: string
}

/** A secret with a certificate and its key. */
export const tlsSecret: SecretRecipe<TlsFlags> = {
  name: 'tls',
  description: 'a secret with a certificate chain and its key, or with a root CA',
  examples: `  glooctl create secret tls gateway-tls --certchain tls.crt --privatekey tls.key -n gloo-system`,
  addFlags: (command) =>
    command
      .option('--certchain <file>', 'filename of the certificate chain (PEM)')
      .option('--privatekey <file>', 'filename of the private key (PEM)')
      .option('--rootca <file>', 'filename of the root CA (PEM)')
      .option('--ocspstaple <file>', 'filename of the OCSP staple (PEM)'),
  read: (flags, { workingDirectory }) => {
    const read = (path: string | undefined, flag: string) =>
      path === undefined ? '' : readMaterial(resolve(workingDirectory, path), flag)
    const certificate = read(flags.certchain, '--certchain')
    const privateKey = read(flags.privatekey, '--privatekey')
    const rootCa = read(flags.rootca, '--rootca')
    const staple = read(flags.ocspstaple, '--ocspstaple')
    if (certificate === '' && privateKey === '' && rootCa === '') {
      throw new CommandError('name the files: --certchain tls.crt --privatekey tls.key')
    }
    checkPair(certificate, privateKey)
    if (rootCa !== '') parseCertificate(rootCa, '--rootca')
    return {
      type: 'kubernetes.io/tls',
      stringData: {
        ...{ 'tls.crt': certificate, 'tls.key': privateKey },
        ...(rootCa === '' ? {} : { 'ca.crt': rootCa }),
        ...(staple === '' ? {} : { 'tls.ocsp-staple': staple }),
      },
    }
  },
}

function readMaterial(path: string, flag: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const cause = messageOf(error)
    throw new CommandError(`the file of ${flag} cannot be read: ${cause}`)
  }
}

function checkPair(certificate: string, privateKey: string): void {
  if (certificate === '' && privateKey === '') return
  if (certificate === '') throw new CommandError('--privatekey needs --certchain beside it')
  if (privateKey === '') throw new CommandError('--certchain needs --privatekey beside it')
  const parsed = parseCertificate(certificate, '--certchain')
  if (!parsed.checkPrivateKey(parseKey(privateKey))) {
    throw new CommandError(
      'the key of --privatekey does not belong to the certificate of --certchain',
    )
  }
}

function parseCertificate(pem: string, flag: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    throw new CommandError(`the file of ${flag} holds no PEM certificate`)
  }
}

function parseKey(pem: string) {
  try {
    return createPrivateKey(pem)
  } catch {
    throw new CommandError(
      'the file of --privatekey holds no PEM key that can be read; keys with a passphrase are not supported',
    )
  }
}
