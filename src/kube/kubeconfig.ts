import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringifyYaml } from '../lib/yaml.ts'

export interface KubeconfigOptions {
  readonly dataDir: string
  /** Such as `https://127.0.0.1:16443`. */
  readonly server: string
  /** PEM. */
  readonly caCertificate: string
  readonly token: string
}

/** The one context of the kubeconfig; cluster and user have the same name. */
export const kubeContextName = 'sluice'

const name = kubeContextName
const tokenFile = 'kube-token'

/** Writes `<dataDir>/kubeconfig`, readable by the owner only, and returns its path. */
export function writeKubeconfig({
  dataDir,
  server,
  caCertificate,
  token,
}: KubeconfigOptions): string {
  const authority = Buffer.from(caCertificate).toString('base64')
  return writePrivateFile(
    dataDir,
    'kubeconfig',
    stringifyYaml({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name, cluster: { server, 'certificate-authority-data': authority } }],
      users: [{ name, user: { token } }],
      contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
      'current-context': name,
    }),
  )
}

/** The token of the data dir, made on the first call and kept, so that copies of the kubeconfig stay valid. */
export function loadKubeToken(dataDir: string): string {
  const known = readIfPresent(join(dataDir, tokenFile))?.trim() ?? ''
  if (known.length >= 32) {
    chmodSync(join(dataDir, tokenFile), 0o600)
    return known
  }
  const token = createKubeToken()
  writePrivateFile(dataDir, tokenFile, `${token}\n`)
  return token
}

/** A token that nobody guesses. */
function createKubeToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Written beside and renamed, so that a reader never finds half of it nor a moment of wider rights. */
function writePrivateFile(folder: string, file: string, text: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, file)
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, text, { mode: 0o600 })
  renameSync(temporary, path)
  return path
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
