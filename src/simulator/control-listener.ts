import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from '../lib/http/node-http.ts'
import type { KnownCredentials } from './credentials/known-credentials.ts'
import { createFailure } from './delivery/failure.ts'
import type { FailureQueue } from './delivery/failure-queue.ts'
import { InvalidDemandError } from './invalid-demand-error.ts'
import type { RequestLog } from './recording/request-log.ts'

const help = {
  'GET /requests?host=HOST': 'the requests that arrived, oldest first; of one host',
  'DELETE /requests': 'forgets them',
  'POST /failures':
    '{"count": 1, "host": HOST, "status": 429, "retryAfter": 1} or {"failure": "reset" | "stall" | "cut", "afterEvents": 3}: the next requests fail so',
  'POST /credentials':
    '{"accessKeyId": ID, "secretAccessKey": SECRET} or {"clientEmail": EMAIL, "publicKey": PEM}: signatures of this AWS key or Google service account are verified from now on',
  'DELETE /failures': 'forgets failures that wait for a request',
}

/** The simulator's own HTTP API in clear text, for tests and people; never reached through a gateway. */
export function createControlListener(parts: ControlledParts): Server {
  return createServer((request, response) => {
    handle(request, parts).then(
      (answer) => send(response, answer.status, answer.body),
      (error: unknown) => {
        const invalid = error instanceof InvalidDemandError
        const message = invalid ? error.message : 'the simulator could not handle this request'
        send(response, invalid ? 400 : 500, { error: message })
      },
    )
  })
}

/** What the control API reads and changes. */
export interface ControlledParts {
  readonly log: RequestLog
  readonly failures: FailureQueue
  readonly knownCredentials: KnownCredentials
}

interface ControlAnswer {
  readonly status: number
  readonly body: unknown
}

async function handle(
  request: IncomingMessage,
  { log, failures, knownCredentials }: ControlledParts,
): Promise<ControlAnswer> {
  const host = request.headers.host ?? ''
  // A page in somebody's browser must neither read what was received nor break anything.
  if (
    request.headers.origin !== undefined ||
    !/^(?:localhost|[\d.]+|\[[\da-f:]+\])(?::\d+)?$/.test(host)
  ) {
    return { status: 403, body: { error: 'not for web pages; use the address, without Origin' } }
  }
  const url = new URL(request.url ?? '/', 'http://localhost')
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /requests': {
      const wanted = url.searchParams.get('host')
      return { status: 200, body: log.list(wanted === null ? {} : { host: wanted.toLowerCase() }) }
    }
    case 'DELETE /requests':
      log.clear()
      return { status: 204, body: undefined }
    case 'POST /failures':
      addFailure(await readJson(request), failures)
      return { status: 204, body: undefined }
    case 'POST /credentials':
      addCredential(await readJson(request), knownCredentials)
      return { status: 204, body: undefined }
    case 'DELETE /failures':
      failures.clear()
      return { status: 204, body: undefined }
    case 'GET /':
      return { status: 200, body: help }
    default:
      return { status: 404, body: { error: `no ${request.method} ${url.pathname}`, known: help } }
  }
}

const mostBodyBytes = 64 * 1024

async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > mostBodyBytes) throw new InvalidDemandError('the body is too large')
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>
    }
  } catch {
    // Told below.
  }
  throw new InvalidDemandError('the body must be a JSON object')
}

const failureFields = ['count', 'host', 'status', 'retryAfter', 'failure', 'afterEvents']

function addFailure(spec: Readonly<Record<string, unknown>>, failures: FailureQueue): void {
  const unknown = Object.keys(spec).find((field) => !failureFields.includes(field))
  if (unknown !== undefined) {
    throw new InvalidDemandError(
      `field ${JSON.stringify(unknown)} is unknown; use ${failureFields.join(', ')}`,
    )
  }
  const number = (field: string) => {
    const value = spec[field]
    if (value === undefined) return undefined
    if (Number.isInteger(value) && Number(value) >= 0) return Number(value)
    throw new InvalidDemandError(`field ${field} must be a whole number`)
  }
  const text = (field: string) => {
    const value = spec[field]
    if (value === undefined || typeof value === 'string') return value
    throw new InvalidDemandError(`field ${field} must be a string`)
  }
  const failure = createFailure({
    status: number('status'),
    failure: text('failure'),
    retryAfter: number('retryAfter'),
    afterEvents: number('afterEvents'),
  })
  const host = text('host')?.toLowerCase()
  failures.add(failure, { count: number('count') ?? 1, ...(host === undefined ? {} : { host }) })
}

function addCredential(
  spec: Readonly<Record<string, unknown>>,
  knownCredentials: KnownCredentials,
): void {
  const { accessKeyId, secretAccessKey, clientEmail, publicKey, ...others } = spec
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
  if (Object.keys(others).length === 0) {
    if (isText(accessKeyId) && isText(secretAccessKey) && clientEmail === undefined) {
      knownCredentials.addAccessKey(accessKeyId, secretAccessKey)
      return
    }
    if (isText(clientEmail) && isText(publicKey) && accessKeyId === undefined) {
      knownCredentials.addServiceAccount(clientEmail, publicKey)
      return
    }
  }
  throw new InvalidDemandError(
    'write accessKeyId and secretAccessKey, or clientEmail and publicKey, each a text',
  )
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (body === undefined) {
    response.writeHead(status).end()
    return
  }
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(body, null, 2)}\n`)
}
