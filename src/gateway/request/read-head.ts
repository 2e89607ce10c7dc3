import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { ClientRequest } from '../request-handler.ts'
import { normalizePath, type PathOptions } from './normalize-path.ts'

/** A request's head after the framing checks. */
export interface RequestHead {
  readonly method: string
  /** Normalised, without query. */
  readonly path: string
  /** With its `?`, or empty. */
  readonly query: string
  /** Lower-case. */
  readonly host: string
  readonly protocol: 'HTTP/1.0' | 'HTTP/1.1' | 'HTTP/2'
  /** What may go upstream, without `host` and hop-by-hop headers. */
  readonly headers: HeaderList
  /** -1: unknown, the body ends when the framing says so; 0: no body. */
  readonly contentLength: number
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectContinue: boolean
  /** Lower-case protocol of an upgrade that the client asks for. */
  readonly upgrade: string | undefined
}

/** What a header means for this hop; headers without an entry are passed on. */
type HeaderRole =
  | 'host'
  | 'authority'
  | 'pseudo'
  | 'connection'
  | 'drop'
  | 'te'
  | 'upgrade'
  | 'transfer-encoding'
  | 'content-length'
  | 'expect'
  | 'cookie'

/** RFC 9110 section 7.6.1 and what older proxies send. */
const roleByName: ReadonlyMap<string, HeaderRole> = new Map<string, HeaderRole>([
  ['host', 'host'],
  [':authority', 'authority'],
  [':method', 'pseudo'],
  [':path', 'pseudo'],
  [':scheme', 'pseudo'],
  [':protocol', 'pseudo'],
  ['connection', 'connection'],
  ['keep-alive', 'drop'],
  ['proxy-connection', 'drop'],
  ['http2-settings', 'drop'],
  ['te', 'te'],
  ['upgrade', 'upgrade'],
  ['transfer-encoding', 'transfer-encoding'],
  ['content-length', 'content-length'],
  ['expect', 'expect'],
  ['cookie', 'cookie'],
])

interface HopHeaders {
  flat: string[]
  host: string | undefined
  authority: string | undefined
  connection: string | undefined
  upgrade: string | undefined
  transferEncoding: string | undefined
  contentLength: string | undefined
  expect: string | undefined
  te: string | undefined
  /** Where the cookies stand in {@link flat}; 0: there are none. */
  cookieAt: number
  duplicateHost: boolean
}

/** Checks what Node's parser lets through and separates this hop's headers from the request's own. */
export function readHead(request: ClientRequest, options: PathOptions): RequestHead | GatewayError {
  const hop = separate(request.rawHeaders)
  const http2 = 'stream' in request
  const problem = checkVersion(request) ?? checkFraming(hop, request)
  if (problem !== undefined) return problem
  if (
    hop.te?.toLowerCase().split(',').map(trim).includes('trailers') &&
    takesTrailers(hop, http2)
  ) {
    hop.flat.push('te', 'trailers')
  }
  if (hop.connection === undefined) hop.upgrade = undefined
  else applyConnection(hop)
  const target = readTarget(request.url ?? '', request.method ?? '', hop)
  if (typeof target === 'string') return invalid(target)
  const path = normalizePath(target.path, options)
  if (path === undefined)
    return invalid('the path contains a fragment, a backslash, %00 or dots beside escaped slashes')
  return {
    method: request.method ?? '',
    path,
    query: target.query,
    host: target.host,
    protocol: http2 ? 'HTTP/2' : request.httpVersionMinor === 0 ? 'HTTP/1.0' : 'HTTP/1.1',
    headers: new HeaderList(hop.flat),
    contentLength: contentLengthOf(hop, request),
    // HTTP/1.0 knows no interim answers (RFC 9110 section 10.1.1).
    expectContinue: hop.expect !== undefined && request.httpVersion !== '1.0',
    upgrade: hop.upgrade?.toLowerCase(),
  }
}

function invalid(message: string): GatewayError {
  return gatewayError('invalid-request', message)
}

function separate(raw: readonly string[]): HopHeaders {
  const hop: HopHeaders = {
    flat: [],
    host: undefined,
    authority: undefined,
    connection: undefined,
    upgrade: undefined,
    transferEncoding: undefined,
    contentLength: undefined,
    expect: undefined,
    te: undefined,
    cookieAt: 0,
    duplicateHost: false,
  }
  const { flat } = hop
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase()
    const role = roleByName.get(name)
    if (role === undefined) flat.push(name, raw[index + 1] as string)
    else takeHopHeader(hop, role, raw[index + 1] as string)
  }
  return hop
}

function takeHopHeader(hop: HopHeaders, role: HeaderRole, value: string): void {
  switch (role) {
    case 'host':
      if (hop.host !== undefined) hop.duplicateHost = true
      hop.host = value
      break
    case 'content-length':
      hop.contentLength = value
      hop.flat.push('content-length', value)
      break
    case 'connection':
      hop.connection = hop.connection === undefined ? value : `${hop.connection},${value}`
      break
    case 'transfer-encoding':
      hop.transferEncoding =
        hop.transferEncoding === undefined ? value : `${hop.transferEncoding},${value}`
      break
    case 'cookie':
      addCookie(hop, value)
      break
    case 'authority':
    case 'expect':
    case 'te':
    case 'upgrade':
      hop[role] = value
      break
    default:
      break
  }
}

/** HTTP/2 clients send each cookie on its own, which no other version has (RFC 9113 section 8.2.3). */
function addCookie(hop: HopHeaders, value: string): void {
  const { flat, cookieAt } = hop
  if (cookieAt === 0) hop.cookieAt = flat.push('cookie', value) - 1
  else flat[cookieAt] += `; ${value}`
}

/** Node's parser takes HTTP/0.9 and, on connections of HTTP/1, HTTP/2.0 as well. */
function checkVersion(request: ClientRequest): GatewayError | undefined {
  const { httpVersionMajor, httpVersionMinor } = request
  if ('stream' in request || (httpVersionMajor === 1 && httpVersionMinor <= 1)) return undefined
  return gatewayError('invalid-request', `HTTP/${request.httpVersion} is not spoken here`, {
    status: 505,
  })
}

function checkFraming(hop: HopHeaders, request: ClientRequest): GatewayError | undefined {
  if (hop.duplicateHost) return invalid('the request has more than one Host header')
  if (hop.expect !== undefined && hop.expect.toLowerCase() !== '100-continue') {
    return gatewayError('invalid-request', 'only Expect: 100-continue can be met', { status: 417 })
  }
  if (hop.transferEncoding === undefined) return undefined
  if (request.httpVersionMajor === 1 && request.httpVersionMinor === 0) {
    return invalid('HTTP/1.0 has no Transfer-Encoding')
  }
  if (hop.transferEncoding.toLowerCase() !== 'chunked') {
    return gatewayError('invalid-request', 'the only Transfer-Encoding understood is chunked', {
      status: 501,
    })
  }
  return hop.contentLength === undefined
    ? undefined
    : invalid('the request has both Content-Length and Transfer-Encoding')
}

/** HTTP/2 has no `Connection` header that would name `te` (RFC 9113 section 8.2.2); gRPC depends on it. */
function takesTrailers(hop: HopHeaders, http2: boolean): boolean {
  return http2 || hop.connection !== undefined
}

/** Takes out the headers that `Connection` names; `te: trailers` alone goes on. */
function applyConnection(hop: HopHeaders): void {
  const connection = (hop.connection ?? '').toLowerCase()
  if (connection === 'keep-alive' || connection === 'close') {
    hop.upgrade = undefined
    return
  }
  const names = connection.split(',').map(trim)
  if (!names.includes('upgrade')) hop.upgrade = undefined
  const { flat } = hop
  for (let index = flat.length - 2; index >= 0; index -= 2) {
    const name = flat[index] as string
    // The length belongs to the message and `te` has been dealt with.
    if (name !== 'content-length' && name !== 'te' && names.includes(name)) flat.splice(index, 2)
  }
}

function trim(text: string): string {
  return text.trim()
}

interface RequestTarget {
  readonly path: string
  readonly query: string
  readonly host: string
}

function readTarget(url: string, method: string, hop: HopHeaders): RequestTarget | string {
  const host = readHost(hop)
  if (host === undefined) return 'the Host header is missing, empty or malformed'
  if (hop.authority !== undefined && hop.host !== undefined && hop.host.toLowerCase() !== host) {
    return ':authority and Host name different hosts'
  }
  if (url.charCodeAt(0) === 0x2f) return splitTarget(url, host)
  if (url === '*' && method === 'OPTIONS') return { path: '/', query: '', host }
  return readAbsoluteTarget(url, host)
}

function readAbsoluteTarget(url: string, host: string): RequestTarget | string {
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url)
  if (absolute === null) return 'the request target is neither a path nor an http URL'
  if ((absolute[1] ?? '').toLowerCase() !== host) {
    return 'the URL of the request and its Host header name different hosts'
  }
  const rest = absolute[2] ?? ''
  return splitTarget(rest.startsWith('/') ? rest : `/${rest}`, host)
}

function splitTarget(target: string, host: string): RequestTarget | string {
  const mark = target.indexOf('?')
  if (mark < 0) return { path: target, query: '', host }
  const query = target.slice(mark)
  if (query.includes('#')) return 'the request target has a fragment'
  return { path: target.slice(0, mark), query, host }
}

const hostPattern = /^(?:[a-z0-9._~!$&'()*+,;=%-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/

/** Most requests of a connection name the same host. */
let lastRawHost = ''
let lastHost: string | undefined

function readHost(hop: HopHeaders): string | undefined {
  const raw = hop.authority ?? hop.host
  if (raw === undefined) return undefined
  if (raw === lastRawHost) return lastHost
  const host = raw.toLowerCase()
  lastRawHost = raw
  lastHost = hostPattern.test(host) ? host : undefined
  return lastHost
}

function contentLengthOf(hop: HopHeaders, request: ClientRequest): number {
  if (hop.contentLength !== undefined) return Number(hop.contentLength)
  if (request.httpVersionMajor === 1) return hop.transferEncoding === undefined ? 0 : -1
  return 'stream' in request && request.stream.endAfterHeaders ? 0 : -1
}
