import { isCredentialParameter } from '../../lib/http/credential-parameter.ts'

/** Header names that carry credentials, whatever the provider calls them. */
const credentialHeader =
  /auth|token|secret|password|credential|cookie|signature|(?:^|[-_])key(?:$|[-_])|apikey/
/** A value with everything masked but its last four characters; of a short one, nothing is shown. */
function maskCredential(value: string): string {
  return value.length < 8 ? '****' : `****${value.slice(-4)}`
}

/** A header's value as it may be shown; the scheme of an authorization stays readable. */
export function maskHeader(name: string, value: string): string {
  const lowerName = name.toLowerCase()
  // The simulator's own headers say how many tokens somebody wants, and carry none.
  if (lowerName.startsWith('x-simulate-')) return value
  if (!credentialHeader.test(lowerName)) return maskUrl(value)
  const [, scheme, credential] = /^(bearer|basic|digest|aws4-hmac-sha256) +(.*)$/i.exec(value) ?? []
  if (scheme === undefined || credential === undefined) return maskCredential(value)
  // The end of the others is the end of a password or of a signature, which tells nobody which key it was.
  return `${scheme} ${scheme.toLowerCase() === 'bearer' ? maskCredential(credential) : '****'}`
}

/** Headers such as `referer` and `x-envoy-original-path` carry a URL, and its query may carry a credential. */
function maskUrl(value: string): string {
  const query = value.indexOf('?')
  return query < 0 ? value : `${value.slice(0, query + 1)}${maskQuery(value.slice(query + 1))}`
}

/** A query string, without `?`, in which credentials are masked and all else stays as it came. */
export function maskQuery(query: string): string {
  return query
    .split('&')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=')
      if (value.length === 0 || !isCredentialParameter(name)) return pair
      return `${name}=${maskCredential(value.join('='))}`
    })
    .join('&')
}
