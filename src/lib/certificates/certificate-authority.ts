import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { domainToASCII } from 'node:url'
import { signCertificate } from './certificate.ts'

/** A certificate with its key, both PEM. */
export interface ServerCertificate {
  readonly certificate: string
  readonly privateKey: string
}

/** Issues server certificates that only clients trusting {@link certificate} accept. */
export interface CertificateAuthority {
  /** The authority's own certificate, PEM. */
  readonly certificate: string
  /** A certificate for DNS names (`*.` allowed) and IP addresses; the same names get the same one while it lasts. */
  issueServerCertificate(request: { readonly names: readonly string[] }): ServerCertificate
}

export interface CertificateAuthorityOptions {
  /** Where `ca.crt` and `ca.key` are kept; without it the authority lives in memory only. */
  readonly folder?: string
  readonly now: () => number
}

const dayMs = 24 * 60 * 60 * 1000
const authorityLifetimeMs = 3650 * dayMs
/** Longer than a server certificate lives, so that none outlives its authority. */
const authorityRenewalMs = 400 * dayMs
const serverLifetimeMs = 365 * dayMs
const serverRenewalMs = 30 * dayMs
/** Clocks of clients may be a little behind. */
const clockSkewMs = 60 * 60 * 1000
const commonName = 'Sluice local authority'

/**
 * Opens the local authority, creating what is missing. Its key is written once and stays; a certificate about to
 * expire is renewed for the same key, so that server certificates already issued stay valid.
 */
export function openCertificateAuthority(
  options: CertificateAuthorityOptions,
): CertificateAuthority {
  const { folder, now } = options
  if (folder !== undefined) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const privateKey = folder === undefined ? newPrivateKey() : loadPrivateKey(join(folder, 'ca.key'))
  const certificate =
    folder === undefined
      ? signAuthority(privateKey, now())
      : loadAuthority(join(folder, 'ca.crt'), privateKey, now())
  const issued = new Map<string, ServerCertificate>()
  return {
    certificate,
    issueServerCertificate: ({ names }) => {
      const normalNames = normalizeNames(names)
      const id = createHash('sha256').update(normalNames.join('\n')).digest('hex').slice(0, 32)
      const path = folder === undefined ? undefined : join(folder, `server-${id}.pem`)
      const known = issued.get(id) ?? (path === undefined ? undefined : readServer(path))
      if (known !== undefined && isUsable(known, privateKey, now())) {
        issued.set(id, known)
        return known
      }
      const fresh = issue(normalNames, privateKey, now())
      if (path !== undefined) writeAtomically(path, `${fresh.certificate}${fresh.privateKey}`)
      issued.set(id, fresh)
      return fresh
    },
  }
}

function newPrivateKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
}

function toPem(privateKey: KeyObject): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Creates the key only if there is none: of two processes that start at once, one key wins for both. */
function loadPrivateKey(path: string): KeyObject {
  let pem = readIfPresent(path)
  if (pem === undefined) {
    const temporary = `${path}.${process.pid}.tmp`
    writeFileSync(temporary, toPem(newPrivateKey()), { mode: 0o600 })
    try {
      linkSync(temporary, path)
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error
    } finally {
      rmSync(temporary, { force: true })
    }
    pem = readFileSync(path, 'utf8')
  }
  chmodSync(path, 0o600)
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key
  } catch {
    // Told below: what OpenSSL says of a broken file helps nobody.
  }
  throw new Error(
    `${path} holds no ECDSA P-256 private key; restore it, or delete it and ca.crt to get a new authority`,
  )
}

function loadAuthority(path: string, privateKey: KeyObject, nowMs: number): string {
  const pem = readIfPresent(path)
  if (pem !== undefined) {
    const parsed = parseCertificate(pem)
    if (parsed === undefined || !parsed.checkPrivateKey(privateKey)) {
      throw new Error(
        `${path} is not the certificate of the ca.key beside it; restore it, or delete it to have it made again`,
      )
    }
    if (parsed.validToDate.getTime() - nowMs > authorityRenewalMs) return pem
  }
  const fresh = signAuthority(privateKey, nowMs)
  writeAtomically(path, fresh)
  return fresh
}

function signAuthority(privateKey: KeyObject, nowMs: number): string {
  return signCertificate({
    commonName,
    issuerCommonName: commonName,
    publicKey: createPublicKey(privateKey),
    issuerPrivateKey: privateKey,
    notBeforeMs: nowMs - clockSkewMs,
    notAfterMs: nowMs + authorityLifetimeMs,
    purpose: { type: 'authority' },
  })
}

function issue(names: readonly string[], issuerPrivateKey: KeyObject, nowMs: number) {
  const privateKey = newPrivateKey()
  const certificate = signCertificate({
    // X.520 allows 64 characters; clients look at the alternative names only.
    commonName: names.find((name) => name.length <= 64) ?? 'server',
    issuerCommonName: commonName,
    publicKey: createPublicKey(privateKey),
    issuerPrivateKey,
    notBeforeMs: nowMs - clockSkewMs,
    notAfterMs: nowMs - clockSkewMs + serverLifetimeMs,
    purpose: { type: 'server', names },
  })
  return { certificate, privateKey: toPem(privateKey) }
}

function normalizeNames(names: readonly string[]): string[] {
  if (names.length === 0) throw new Error('a server certificate needs at least one name')
  return [...new Set(names.map(normalizeName))].sort()
}

function normalizeName(name: string): string {
  if (isIP(name) !== 0 && !name.includes('%')) return name
  const wildcard = name.startsWith('*.') ? '*.' : ''
  // The conversion would silently drop line breaks and tabs.
  const ascii = /\s/.test(name) ? '' : domainToASCII(name.slice(wildcard.length))
  const labels = ascii.split('.')
  if (
    ascii.length > 253 ||
    labels.some((label) => !/^[a-z0-9_](?:[a-z0-9_-]{0,62})$/.test(label))
  ) {
    throw new Error(`${JSON.stringify(name)} is neither a DNS name nor an IP address`)
  }
  return wildcard + ascii
}

function readServer(path: string): ServerCertificate | undefined {
  const [certificate, privateKey] = (readIfPresent(path) ?? '').split(/(?=-----BEGIN PRIVATE KEY)/)
  return certificate === undefined || privateKey === undefined
    ? undefined
    : { certificate, privateKey }
}

/** A file that is damaged, expired or of another authority is replaced: nothing depends on it. */
function isUsable(server: ServerCertificate, authorityKey: KeyObject, nowMs: number): boolean {
  const parsed = parseCertificate(server.certificate)
  if (parsed === undefined || !parsed.verify(createPublicKey(authorityKey))) return false
  if (parsed.validToDate.getTime() - nowMs <= serverRenewalMs) return false
  if (parsed.validFromDate.getTime() > nowMs) return false
  try {
    return parsed.checkPrivateKey(createPrivateKey(server.privateKey))
  } catch {
    return false
  }
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, text, { mode: path.endsWith('.crt') ? 0o644 : 0o600 })
  renameSync(temporary, path)
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
