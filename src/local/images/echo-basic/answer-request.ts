import type { RequestListener, ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { maskTarget } from '../../../lib/http/mask-target.ts'
import { parseDuration } from '../../../lib/time/duration.ts'
import type { ImageStart } from '../local-image.ts'
import { describeRequest, type EchoedRequest } from './describe-request.ts'

type EchoResponse = ServerResponse | Http2ServerResponse

/** One request on its way to an answer. */
interface Exchange {
  readonly request: EchoedRequest
  readonly response: EchoResponse
  readonly query: URLSearchParams
  readonly start: ImageStart
}

const maxDelayMs = 10 * 60_000
const maxCountedRequests = 10_000

/** Makes what answers requests: `/health`, `/status/<code>`, `/retry/…` and, for all else, the echo. */
export function createRequestListener(start: ImageStart) {
  const failures = new Map<string, number>()
  const listener = (request: EchoedRequest, response: EchoResponse) => {
    request.resume()
    const [path = '', search = ''] = (request.url ?? '/').split('?')
    const exchange = { request, response, start, query: new URLSearchParams(search) }
    answer(path.replaceAll('//', '/'), exchange, failures).catch(() => response.destroy())
  }
  return listener as RequestListener & typeof listener
}

async function answer(
  path: string,
  exchange: Exchange,
  failures: Map<string, number>,
): Promise<void> {
  const { response } = exchange
  if (path === '/health') {
    response.end('OK')
  } else if (path.startsWith('/status/')) {
    const [, code] = /^\/status\/([2-5]\d\d)$/.exec(path) ?? []
    endWith(response, code === undefined ? 400 : Number(code))
  } else if (path.startsWith('/retry/')) {
    await failFirst(exchange, failures)
  } else {
    await echo(exchange)
  }
}

/** Fails the first `succeedAfter` requests of a `uuid`: by `responseCode`, or else by a reset of the connection. */
async function failFirst(exchange: Exchange, failures: Map<string, number>): Promise<void> {
  const { query, request, response } = exchange
  const [uuid, succeedAfter] = [query.get('uuid') ?? '', query.get('succeedAfter') ?? '']
  if (uuid === '') return endWith(response, 400, 'uuid is required')
  if (!/^\d{1,9}$/.test(succeedAfter)) return endWith(response, 400, 'succeedAfter is required')
  const failed = failures.get(uuid) ?? 0
  if (failed >= Number(succeedAfter)) return echo(exchange)
  if (failures.size >= maxCountedRequests) failures.clear()
  failures.set(uuid, failed + 1)
  if (!(await delay('delayRetry', exchange))) return
  const code = query.get('responseCode') ?? ''
  if (/^[2-5]\d\d$/.test(code)) endWith(response, Number(code))
  else reset(request)
}

function reset(request: EchoedRequest): void {
  if ('stream' in request) request.stream.session?.destroy()
  else request.socket.resetAndDestroy()
}

async function echo(exchange: Exchange): Promise<void> {
  const { request, response, start } = exchange
  const { remoteAddress, remotePort } = request.socket
  const client = `${remoteAddress}:${remotePort}`
  start.log(`Echoing back request made to ${maskTarget(request.url ?? '/')} to client (${client})`)
  if (!(await delay('delay', exchange))) return
  for (const [name, values] of headersToSet(request)) response.setHeader(name, values.join(','))
  response.setHeader('Content-Type', 'application/json')
  response.setHeader('X-Content-Type-Options', 'nosniff')
  endWith(response, 200, JSON.stringify(describeRequest(request, start), undefined, 1))
}

/** The answer's headers that the request asks for: `name:value`, with commas between several. */
function headersToSet({ headers }: EchoedRequest): Map<string, string[]> {
  const wanted = new Map<string, string[]>()
  for (const pair of String(headers['x-echo-set-header'] ?? '').split(',')) {
    const colon = pair.indexOf(':')
    const name = pair.slice(0, Math.max(colon, 0)).trim()
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) continue
    const value = pair.slice(colon + 1)
    wanted.set(name, [...(wanted.get(name) ?? []), wanted.has(name) ? value.trim() : value])
  }
  return wanted
}

/** Waits as a parameter of the query says; an answer that it cannot wait for is 500, and false. */
async function delay(name: string, { query, response }: Exchange): Promise<boolean> {
  const text = query.get(name) ?? ''
  if (text === '') return true
  const delayMs = parseDuration(text)
  if (delayMs === undefined || delayMs < 0 || delayMs > maxDelayMs) {
    const message = `"${name}" is a duration of up to 10m, such as 300ms`
    response.setHeader('Content-Type', 'application/json')
    endWith(response, 500, JSON.stringify({ message }))
    return false
  }
  await sleep(delayMs)
  return true
}

function endWith(response: EchoResponse, status: number, body = ''): void {
  response.statusCode = status
  response.end(body)
}
