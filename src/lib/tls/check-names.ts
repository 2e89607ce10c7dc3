import { checkServerIdentity, type PeerCertificate } from 'node:tls'

const uriPattern = /^[a-z][a-z0-9+.-]*:\/\//i

/** Why a certificate carries none of `names`, host names or URIs; undefined when it carries one, or none is asked for. */
export function checkNames(
  names: readonly string[],
  certificate: PeerCertificate,
): Error | undefined {
  let problem: Error | undefined
  for (const name of names) {
    problem = uriPattern.test(name)
      ? checkUri(name, certificate)
      : checkServerIdentity(name, certificate)
    if (problem === undefined) return undefined
  }
  return problem
}

/** `DNS:a.test, URI:spiffe://a/b`: a value that holds a comma or quote stands in quotes, as in JSON. */
const entryPattern = /([^:,]+):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/y

function checkUri(uri: string, { subjectaltname = '' }: PeerCertificate): Error | undefined {
  entryPattern.lastIndex = 0
  for (let entry = entryPattern.exec(subjectaltname); entry !== null; ) {
    if (entry[1] === 'URI' && entry[2] === uri) return undefined
    entry = entryPattern.exec(subjectaltname)
  }
  return new Error(`the certificate does not carry the name ${uri}`)
}
