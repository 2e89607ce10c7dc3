import { checkServerIdentity, type PeerCertificate } from 'node:tls'

/** Why a certificate carries none of `names`; undefined when it carries one, or none is asked for. */
export function checkNames(
  names: readonly string[],
  certificate: PeerCertificate,
): Error | undefined {
  let problem: Error | undefined
  for (const name of names) {
    problem = checkServerIdentity(name, certificate)
    if (problem === undefined) return undefined
  }
  return problem
}
