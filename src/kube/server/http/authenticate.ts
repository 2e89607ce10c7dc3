import { createHash, timingSafeEqual } from 'node:crypto'
import type { Http2ServerRequest } from 'node:http2'
import { ApiError, unauthorizedError } from '../../resources/status-error.ts'

/** What the kubeconfig holds, and whom it makes of its bearer. */
export interface KubeCredential {
  readonly token: string
  readonly userName: string
  readonly groups: readonly string[]
}

/** Throws unless the request carries the credential; takes equally long for every wrong token. */
export function authenticate(request: Http2ServerRequest, credential: KubeCredential): void {
  const header = request.headers.authorization ?? ''
  const token = /^Bearer +(\S+) *$/i.exec(header)?.[1] ?? ''
  if (token === '' || !timingSafeEqual(digest(token), digest(credential.token))) {
    throw unauthorizedError()
  }
}

/** Throws when a page of another origin sent the request: browsers say so, command lines send no `Origin`. */
export function refuseForeignOrigin(request: Http2ServerRequest): void {
  const { origin } = request.headers
  const authority = request.headers[':authority'] ?? request.headers.host
  if (origin === undefined || origin === `https://${authority}`) return
  const message = `requests of the origin ${JSON.stringify(origin)} are not allowed`
  throw new ApiError(403, 'Forbidden', message)
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
