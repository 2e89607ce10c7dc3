import { createSecureContext, type SecureContext } from 'node:tls'
import type { CertificateAuthority } from '../../lib/certificates/certificate-authority.ts'
import { matchesHostPattern } from '../../lib/http/host-pattern.ts'

/** Names of patterns that get a certificate of their own; others are served with the one for the fixed names. */
const mostNames = 256

/**
 * The certificates of a server whose names are partly patterns. A certificate can stand for any name only where `*` is
 * the whole first label, so a name that fits a pattern gets one of its own when a client first asks for it.
 */
export class ServerCertificates {
  readonly #authority: CertificateAuthority
  readonly #fixedNames: readonly string[]
  readonly #patterns: readonly string[]
  #byName = new Map<string, SecureContext>()

  constructor(
    authority: CertificateAuthority,
    hosts: readonly string[],
    others: readonly string[],
  ) {
    this.#authority = authority
    this.#fixedNames = [...hosts.filter((host) => !host.includes('*')), ...others]
    this.#patterns = hosts.filter((host) => host.includes('*'))
  }

  /** The certificate for the fixed names, renewed when it is about to expire. */
  fixed(): { cert: string; key: string } {
    return this.#issue(this.#fixedNames)
  }

  /** The certificate for a name that fits a pattern; undefined for every other one. */
  find(name: string): SecureContext | undefined {
    const host = name.toLowerCase()
    const known = this.#byName.get(host)
    if (known !== undefined) return known
    const fits = this.#patterns.some((pattern) => matchesHostPattern(pattern, host))
    // Names become files of the authority; nobody may fill a disk with them.
    if (!fits || !/^[a-z\d.-]{1,253}$/.test(host) || this.#byName.size >= mostNames)
      return undefined
    const context = createSecureContext(this.#issue([host]))
    this.#byName.set(host, context)
    return context
  }

  /** Lets certificates that are about to expire be issued again. */
  renew(): void {
    for (const name of this.#byName.keys()) {
      this.#byName.set(name, createSecureContext(this.#issue([name])))
    }
  }

  #issue(names: readonly string[]): { cert: string; key: string } {
    const issued = this.#authority.issueServerCertificate({ names })
    return { cert: issued.certificate, key: issued.privateKey }
  }
}
