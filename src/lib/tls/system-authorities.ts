import { readFileSync } from 'node:fs'
import { getCACertificates } from 'node:tls'

/** Where distributions keep what the machine trusts: Debian and Arch, Red Hat, SUSE, Alpine. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

const pemForm = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/**
 * The authorities that this machine trusts and Node does not, as PEM: those that an organisation has added. Linux keeps
 * all of them in one file, which is read in a fraction of the time that Node takes for the folder of single ones.
 */
export function readSystemAuthorities(
  files: readonly string[] = bundles,
  known: readonly string[] = getCACertificates('default'),
): readonly string[] {
  const trusted = process.platform === 'linux' ? readFirst(files) : [...getCACertificates('system')]
  const others = new Map(trusted.map((certificate) => [contentOf(certificate), certificate]))
  for (const certificate of known) others.delete(contentOf(certificate))
  return [...others.values()]
}

function readFirst(files: readonly string[]): readonly string[] {
  for (const file of files) {
    try {
      return readFileSync(file, 'latin1').match(pemForm) ?? []
    } catch {
      // Another distribution.
    }
  }
  return []
}

const contentOf = (certificate: string) => certificate.replace(/-----[^-]+-----|\s/g, '')
