import type { GatewayError } from '../../errors/gateway-error.ts'
import { gatewayError } from '../../errors/gateway-error.ts'
import { httpStatusOf } from '../../errors/http-status.ts'
import type { DirectResponseAction, RedirectAction, UnavailableAction } from '../../ir/route.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { LocalResponse } from '../../policies/policy.ts'
import type { CompiledRedirect, RouteMatch } from '../../snapshot/snapshot.ts'
import { encodeError } from '../model/model-error.ts'
import type { Exchange } from '../request/exchange.ts'

/** Statuses whose answers have no content (RFC 9110): a length of some breaks a stream of HTTP/2. */
const emptyStatuses: ReadonlySet<number> = new Set([204, 205, 304])

/** Answers a request from the gateway itself. */
export function respond(exchange: Exchange, response: LocalResponse): void {
  const { sink, body } = exchange
  if (exchange.completed || sink.headSent) return
  const head = { status: response.status, headers: response.headers }
  const { headers } = head
  const isEmpty = emptyStatuses.has(response.status)
  const content = isEmpty ? '' : response.body
  if (content !== '' && !headers.has('content-type')) headers.set('content-type', 'text/plain')
  if (!isEmpty) headers.set('content-length', String(Buffer.byteLength(content)))
  headers.set('server', exchange.ingress.listener.config.http.serverName)
  try {
    exchange.finishHead(head)
  } catch (cause) {
    const message = 'a response policy of this route failed'
    exchange.error ??= gatewayError('internal', message, { cause })
    head.status = 500
  }
  exchange.status = head.status
  exchange.firstByteMs = exchange.services.now() - exchange.startTimeMs
  // A client that still sends is not listened to any longer than the answer takes.
  // After a framing error it is not known where the next request begins.
  // So it is with a client that waits for `100 Continue`: it may or may not send its body.
  const waiting = exchange.expectContinue && !body.ended
  if (waiting || !body.shortRest || exchange.error?.code === 'invalid-request') {
    sink.closeConnection()
  }
  try {
    sink.writeHead(head.status, headers.flat)
  } catch (cause) {
    exchange.error = gatewayError('internal', 'the head of the answer cannot be sent', { cause })
    sink.abort()
    return
  }
  const bodiless = exchange.method === 'HEAD' || content === ''
  if (!bodiless) exchange.responseBytes += Buffer.byteLength(content)
  sink.end(bodiless ? undefined : content)
  if (!body.ended) body.discard()
}

// Envoy's 404 and 429 have no body, and clients of the vendors' gateways see them so.
const bodiless: ReadonlySet<GatewayError['code']> = new Set(['route-not-found', 'rate-limited'])

/** Ends a request with an error of the gateway; after the first byte the client sees a cut answer. */
export function fail(exchange: Exchange, error: GatewayError): void {
  if (exchange.completed || exchange.sink.ended) return
  exchange.error = error
  exchange.abortSignal()
  if (exchange.sink.headSent) {
    exchange.sink.abort()
    return
  }
  const headers = new HeaderList()
  if (error.code === 'upstream-overloaded') headers.append('x-envoy-overloaded', 'true')
  if (error.code === 'unauthenticated') headers.append('www-authenticate', 'Bearer')
  if (error.retryAfterMs !== undefined) {
    headers.append('retry-after', String(Math.ceil(error.retryAfterMs / 1000)))
  }
  if (error.code === 'rate-limited') headers.append('x-envoy-ratelimited', 'true')
  const status = httpStatusOf(error)
  const { model } = exchange
  const shaped = model && encodeError(model.provider.errorStyle, error)
  if (shaped !== undefined) headers.append('content-type', 'application/json')
  const body = shaped ?? (bodiless.has(error.code) ? '' : error.message)
  respond(exchange, { type: 'local-response', status, headers, body })
}

/** Answers with what the route says. */
export function respondDirectly(exchange: Exchange, action: DirectResponseAction): void {
  const { status, body } = action
  respond(exchange, { type: 'local-response', status, headers: new HeaderList(), body })
}

/** Answers for a route whose configuration is broken. */
export function respondUnavailable(exchange: Exchange, action: UnavailableAction): void {
  fail(exchange, gatewayError(action.code, action.message, { status: action.status }))
}

/** Sends the client elsewhere. */
export function respondRedirect(
  exchange: Exchange,
  action: CompiledRedirect,
  match: RouteMatch,
): void {
  const { config } = action
  const scheme = config.scheme ?? exchange.scheme
  const path = action.rewritePath(exchange.path, match.path)
  const query = config.stripQuery ? '' : exchange.query
  const location = `${scheme}://${redirectHost(exchange, config)}${path}${query}`
  const headers = new HeaderList(['location', location])
  respond(exchange, { type: 'local-response', status: config.status, headers, body: '' })
}

const defaultPorts = { http: 80, https: 443 } as const

function redirectPort(
  { ingress }: Exchange,
  port: number | 'listener' | 'default',
): number | undefined {
  if (port === 'default') return undefined
  return port === 'listener' ? ingress.listener.config.bindings[0]?.port : port
}

function redirectHost(exchange: Exchange, config: RedirectAction): string {
  const host = config.host ?? exchange.host
  const name = host.replace(/:\d+$/, '')
  if (config.port !== undefined) {
    const defaultPort = defaultPorts[config.scheme ?? exchange.scheme]
    const port = redirectPort(exchange, config.port) ?? defaultPort
    return port === defaultPort ? name : `${name}:${port}`
  }
  // Envoy drops a default port of the old scheme when the scheme changes.
  const changes = config.scheme !== undefined && config.scheme !== exchange.scheme
  return changes && host.endsWith(`:${defaultPorts[exchange.scheme]}`) ? name : host
}
