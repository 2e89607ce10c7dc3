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
