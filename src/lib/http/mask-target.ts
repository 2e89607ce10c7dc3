import { isCredentialParameter } from './credential-parameter.ts'

/** A target without credentials: those of a query, and those before the host of an absolute URL. */
export function maskTarget(target: string): string {
  if (target.charCodeAt(0) === 0x2f) return maskQuery(target)
  return maskQuery(
    target.replace(/^([^/?#]*:)?\/\/[^/?#]*@/, '$1//***@').replace(/^[^/?#]*@/, '***@'),
  )
}

function maskQuery(path: string): string {
  const start = path.indexOf('?')
  if (start < 0) return path
  const pairs = path.slice(start + 1).split('&')
  const masked = pairs.map((pair) => {
    const equals = pair.indexOf('=')
    if (equals < 0 || !isCredentialParameter(pair.slice(0, equals))) return pair
    return `${pair.slice(0, equals)}=***`
  })
  return `${path.slice(0, start)}?${masked.join('&')}`
}
