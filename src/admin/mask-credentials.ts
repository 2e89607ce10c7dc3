/** Names of headers and query parameters that carry credentials, whoever invented them. */
const credentialName =
  /auth|token|secret|passw|credential|cookie|signature|(?:^|[-_])key(?:$|[-_])|api-?key/i

/** Where the values of something that has a name stand. */
const valueKeys: ReadonlySet<string> = new Set(['value', 'template'])

/**
 * Plain data as it may be shown: what a manifest gives a header or parameter that carries credentials, in clear instead
 * of in a Secret, is masked.
 */
export function maskCredentials(data: unknown): unknown {
  return copy(data, false)
}

function copy(data: unknown, masks: boolean): unknown {
  if (typeof data !== 'object' || data === null) return data
  if (Array.isArray(data)) return data.map((each) => copy(each, masks))
  const name = 'name' in data && typeof data.name === 'string' ? data.name : undefined
  const masksBelow = masks || (name !== undefined && credentialName.test(name) && 'value' in data)
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => {
      const hides = masksBelow && valueKeys.has(key) && typeof value === 'string' && value !== ''
      return [key, hides ? '***' : copy(value, masksBelow)]
    }),
  )
}
