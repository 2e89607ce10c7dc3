import type { RequestContext } from '../policy.ts'

/** The value of a header, or of a pseudo header of HTTP/2. */
export function headerValue(context: RequestContext, name: string): string | undefined {
  switch (name) {
    case ':path':
      return context.path + context.query
    case ':method':
      return context.method
    case ':authority':
    case 'host':
      return context.host
    case ':scheme':
      return context.scheme
    default:
      return context.headers.get(name)
  }
}

/** What the request's metadata holds at a namespace and the keys inside it. */
export function metadataValue(context: RequestContext, path: readonly string[]): unknown {
  const [namespace = '', ...keys] = path
  let value = context.metadata.get(namespace)
  for (const key of keys) {
    const holds = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    value = holds ? (value as Readonly<Record<string, unknown>>)[key] : undefined
  }
  return value
}
