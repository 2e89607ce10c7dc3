import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { ResourceApi } from '../resources/resource-api.ts'
import {
  ApiError,
  badRequestError,
  internalError,
  pathNotFoundError,
} from '../resources/status-error.ts'
import { type ApiDocuments, createApiDocuments } from './api-documents.ts'
import { type BodyLimits, readObject } from './body/read-body.ts'
import { type Answer, type Exchange, jsonAnswer, refusal, sendAnswer } from './http/answer.ts'
import { authenticate, type KubeCredential, refuseForeignOrigin } from './http/authenticate.ts'
import { type PodLogs, servePodLogs } from './resource/pod-logs.ts'
import { findResource, type ResourcePath, splitPath } from './resource/resource-path.ts'
import { serveResource } from './resource/serve-resource.ts'
import { answerReview } from './serve-review.ts'
import { versionDocument } from './version-document.ts'

export interface RequestHandlerOptions {
  readonly api: ResourceApi
  readonly credential: KubeCredential
  /** Of the program, such as `0.1.0`. */
  readonly version: string
  readonly limits: BodyLimits
  readonly now: () => number
  readonly isReady: () => boolean
  readonly podLogs?: PodLogs | undefined
  /** Hears of failures that are the server's own; the client hears only that there was one. */
  readonly onError: (error: unknown) => void
}

export interface RequestHandler {
  readonly handle: (request: Http2ServerRequest, response: Http2ServerResponse) => Promise<void>
  readonly close: () => void
}

/** Everything behind the socket: who asks, for what, and the one answer. */
export function createRequestHandler(options: RequestHandlerOptions): RequestHandler {
  const server = versionDocument(options.version)
  const documents = createApiDocuments(options.api.kinds, server.gitVersion)
  const service = { ...options, documents, server }
  return {
    handle: async (request, response) => {
      try {
        const exchange = { request, response, ...splitTarget(request.url) }
        const answer = await findAnswer(exchange, service)
        if (answer) await sendAnswer(exchange, whenChanged(request, answer))
      } catch (error) {
        await refuse(request, response, error, options.onError)
      }
    },
    close: documents.close,
  }
}

interface Service extends RequestHandlerOptions {
  readonly documents: ApiDocuments
  readonly server: ReturnType<typeof versionDocument>
}

const healthPaths = ['healthz', 'livez', 'readyz']

async function findAnswer(exchange: Exchange, service: Service): Promise<Answer | undefined> {
  const { request, path: target } = exchange
  refuseForeignOrigin(request)
  const segments = splitPath(target)
  const [first = ''] = segments
  // Probes have no credential, and learn one word.
  if (healthPaths.includes(first)) return healthAnswer(first, service)
  authenticate(request, service.credential)
  if (request.method === 'GET' || request.method === 'HEAD') {
    const answer = findDocument(segments, exchange, service)
    if (answer) return answer
  }
  if (first !== 'api' && first !== 'apis') throw pathNotFoundError()
  const review =
    request.method === 'POST' ? await findReview(segments, exchange, service) : undefined
  if (review) return jsonAnswer(review, 201)
  const path = findResource(segments, service.api.kinds)
  if (isPodLog(path) && service.podLogs) {
    await servePodLogs(exchange, path, service.podLogs)
    return undefined
  }
  return serveResource(exchange, path, service)
}

function isPodLog({ kind: { definition }, subresource }: ResourcePath): boolean {
  return definition.group === '' && definition.plural === 'pods' && subresource === 'log'
}

function healthAnswer(probe: string, { isReady }: Service): Answer {
  const isWell = probe !== 'readyz' || isReady()
  return {
    status: isWell ? 200 : 503,
    contentType: 'text/plain; charset=utf-8',
    body: isWell ? 'ok' : 'not ready: the gateway has not taken its configuration yet',
  }
}

function findDocument(
  segments: readonly string[],
  { request }: Exchange,
  { documents, server }: Service,
): Answer | undefined {
  if (segments.length === 0) {
    return jsonAnswer({
      paths: [
        '/api',
        '/apis',
        '/healthz',
        '/livez',
        '/openapi/v2',
        '/openapi/v3',
        '/readyz',
        '/version',
      ],
    })
  }
  if (segments.length === 1 && segments[0] === 'version') return jsonAnswer(server)
  return documents.find({
    segments,
    accept: request.headers.accept,
    serverAddress: String(request.headers[':authority'] ?? request.headers.host ?? ''),
  })
}

async function findReview(
  segments: readonly string[],
  { request }: Exchange,
  { documents, credential, limits }: Service,
): Promise<object | undefined> {
  const [root, group = '', version = '', plural = '', ...beyond] = segments
  const isReview = group === 'authorization.k8s.io' || group === 'authentication.k8s.io'
  if (root !== 'apis' || !isReview || beyond.length > 0) return undefined
  const { value } = await readObject(request, limits)
  const groups = documents.groups()
  return answerReview({ group, version, plural, body: value, groups, credential })
}

/** A client that has the document already learns only that (RFC 9110 section 13.1.2). */
function whenChanged(request: Http2ServerRequest, answer: Answer): Answer {
  const etag = answer.headers?.['etag']
  const known = request.headers['if-none-match']
    ?.split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
  return etag !== undefined && known?.includes(etag) ? { ...answer, status: 304, body: '' } : answer
}

async function refuse(
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  error: unknown,
  onError: (error: unknown) => void,
): Promise<void> {
  const isOwnFailure = !(error instanceof ApiError)
  if (isOwnFailure) onError(error)
  if (response.headersSent) {
    response.destroy()
    return
  }
  const shown = isOwnFailure ? internalError('the log of the server says more') : error
  try {
    await sendAnswer({ request, response }, refusal(shown))
  } catch (failure) {
    onError(failure)
    response.destroy()
  }
}

/** Split by hand: a URL parser would fold `..` and take another host from `//host/path`. */
function splitTarget(target: string): { path: string; query: URLSearchParams } {
  if (!target.startsWith('/')) throw badRequestError('the request target must be a path')
  const index = target.indexOf('?')
  if (index === -1) return { path: target, query: new URLSearchParams() }
  return { path: target.slice(0, index), query: new URLSearchParams(target.slice(index + 1)) }
}
