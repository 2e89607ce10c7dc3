import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { createServer } from '../lib/http/node-http.ts'
import type { SocketAddress } from '../lib/http/socket-address.ts'
import { type AdminAnswer, type AdminRoute, textAnswer } from './admin-route.ts'

export interface AdminServerOptions {
  readonly address: SocketAddress
  readonly token: string
  readonly routes: readonly AdminRoute[]
  readonly onError: (message: string, error: unknown) => void
}

export interface AdminServer {
  readonly port: number
  close(): Promise<void>
}

/**
 * Serves operators and the UI. Everything but health and metrics asks for the token; a page of another
 * origin is refused before anything is looked at, and so is a Host that is not this machine (DNS rebinding).
 */
export async function createAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 30_000 })
  server.on('request', (request, response) => {
    answer(request, options)
      .catch((error: unknown) => {
        options.onError('The admin API failed.', error)
        return textAnswer(500, 'The admin API failed; the log says why.')
      })
      .then((result) => send(response, result))
      .catch(() => response.destroy())
  })
  const port = await listen(server, options.address)
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, { host, port }: SocketAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

async function answer(
  request: IncomingMessage,
  { routes, token, address }: AdminServerOptions,
): Promise<AdminAnswer> {
  const host = request.headers.host
  if (!isOwnHost(host, address.host)) {
    return textAnswer(421, 'This host name does not belong to the admin API.')
  }
  if (!isOwnOrigin(request.headers, host)) {
    return textAnswer(403, 'Pages of other origins may not call the admin API.')
  }
  const path = (request.url ?? '').split('?', 1)[0]
  const atPath = routes.filter((route) => route.path === path)
  const route = atPath.find(({ method }) => method === methodOf(request))
  if (route?.public === true) return route.handle()
  if (!hasToken(request.headers.authorization, token)) {
    return textAnswer(401, 'Send the token of the data directory as "Authorization: Bearer …".')
  }
  if (route !== undefined) return route.handle()
  if (atPath.length > 0) return textAnswer(405, `${request.method} is not served at ${path}.`)
  return textAnswer(404, 'There is nothing here.')
}

const methodOf = ({ method }: IncomingMessage) => (method === 'HEAD' ? 'GET' : method)

/** Names that lead to this machine alone, and IP addresses, which no other site can have as its name. */
function isOwnHost(host: string | undefined, listenHost: string): boolean {
  if (host === undefined) return false
  const name = host
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
  return isIP(name) !== 0 || name === 'localhost' || name === listenHost.toLowerCase()
}

function isOwnOrigin(headers: IncomingMessage['headers'], host: string | undefined): boolean {
  const site = headers['sec-fetch-site']
  if (site === 'cross-site' || site === 'same-site') return false
  const { origin } = headers
  return origin === undefined || origin === `http://${host}`
}

function hasToken(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(authorization ?? '')
  const expected = Buffer.from(`Bearer ${token}`)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function send(response: ServerResponse, { status, contentType, body }: AdminAnswer): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(body)
}
