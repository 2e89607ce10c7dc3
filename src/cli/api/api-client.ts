import { type RequestOptions, request as requestTls } from 'node:https'
import type { KubeObject } from '../../kube/kube-object.ts'
import { isJsonObject, type JsonObject } from '../../kube/schema/json-object.ts'
import { request as requestClear } from '../../lib/http/node-http.ts'
import { CommandError } from '../command-error.ts'
import { printable } from '../table/printable.ts'
import { ApiError } from './api-error.ts'
import type { ApiAccess } from './load-kubeconfig.ts'
import { type ResourceType, resourcePath } from './resource-type.ts'

const timeoutMs = 30_000
const maxAnswerBytes = 256 * 1024 * 1024
const pageSize = 500

/** What a command asks of the server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With its query. */
  readonly path: string
  readonly body?: unknown
  readonly accept?: string
}

/** Speaks to the Kubernetes API of a kubeconfig. Whatever fails is a CommandError. */
export class ApiClient {
  readonly #access: ApiAccess
  readonly #base: URL
  readonly #onWarning: (text: string) => void

  /** `onWarning` hears what the server has to say about a request that succeeded. */
  constructor(access: ApiAccess, onWarning: (text: string) => void) {
    this.#access = access
    this.#base = parseServer(access.server)
    this.#onWarning = onWarning
  }

  /** The namespace that the kubeconfig's context prefers. */
  get namespace(): string {
    return this.#access.namespace
  }

  get(type: ResourceType, namespace: string | undefined, name: string): Promise<KubeObject> {
    const path = resourcePath(type, namespace, name)
    return this.request({ method: 'GET', path }) as Promise<unknown> as Promise<KubeObject>
  }

  /** The object, or undefined when there is none of its name. */
  async find(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
  ): Promise<KubeObject | undefined> {
    try {
      return await this.get(type, namespace, name)
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined
      throw error
    }
  }

  /** Every object of a kind, of all namespaces unless one is given. */
  async list(type: ResourceType, namespace?: string): Promise<KubeObject[]> {
    const objects: KubeObject[] = []
    let token = ''
    do {
      const query = new URLSearchParams({ limit: String(pageSize) })
      if (token !== '') query.set('continue', token)
      const path = `${resourcePath(type, namespace)}?${query}`
      const page = await this.request({ method: 'GET', path })
      const items: readonly unknown[] = Array.isArray(page['items']) ? page['items'] : []
      objects.push(...(items.filter(isJsonObject) as unknown as KubeObject[]))
      const metadata = isJsonObject(page['metadata']) ? page['metadata'] : {}
      token = typeof metadata['continue'] === 'string' ? metadata['continue'] : ''
    } while (token !== '')
    return objects
  }

  create(type: ResourceType, object: KubeObject): Promise<KubeObject> {
    const path = resourcePath(type, object.metadata.namespace)
    const answer = this.request({ method: 'POST', path, body: object })
    return answer as Promise<unknown> as Promise<KubeObject>
  }

  update(type: ResourceType, object: KubeObject): Promise<KubeObject> {
    const path = resourcePath(type, object.metadata.namespace, object.metadata.name)
    const answer = this.request({ method: 'PUT', path, body: object })
    return answer as Promise<unknown> as Promise<KubeObject>
  }

  /** The JSON object that the server answers. */
  async request(request: ApiRequest): Promise<JsonObject> {
    const answer = await this.#send(request)
    const value = parseJson(answer.text)
    if (answer.status >= 400) throw errorOf(answer, value)
    if (value === undefined) {
      throw new CommandError(`${this.#base.origin} answered no JSON: is it a Kubernetes API?`)
    }
    for (const warning of answer.warnings) this.#onWarning(warning)
    return value
  }

  #send({ method, path, body, accept = 'application/json' }: ApiRequest): Promise<Answer> {
    const { caCertificate, clientCertificate, clientKey, serverName, skipVerification, token } =
      this.#access
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
    const options: RequestOptions = {
      method,
      agent: false,
      timeout: timeoutMs,
      rejectUnauthorized: !skipVerification,
      headers: {
        accept,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(payload === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': payload.length }),
      },
      ...(caCertificate === undefined ? {} : { ca: caCertificate }),
      ...(clientCertificate === undefined ? {} : { cert: clientCertificate }),
      ...(clientKey === undefined ? {} : { key: clientKey }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    }
    const url = new URL(path, this.#base)
    const send = url.protocol === 'https:' ? requestTls : requestClear
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(explain(error, this.#base.origin))
      try {
        const request = send(url, options, (response) => {
          const chunks: Buffer[] = []
          let size = 0
          response.on('data', (chunk: Buffer) => {
            size += chunk.length
            if (size > maxAnswerBytes) response.destroy(new Error('its answer is too large'))
            else chunks.push(chunk)
          })
          response.on('error', fail)
          response.on('end', () => {
            const warnings = warningsOf(response.headers['warning'])
            const text = Buffer.concat(chunks).toString()
            resolve({ status: response.statusCode ?? 0, text, warnings })
          })
        })
        request.on('timeout', () =>
          request.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)),
        )
        request.on('error', fail)
        request.end(payload)
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)))
      }
    })
  }
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly warnings: readonly string[]
}

function parseServer(server: string): URL {
  const url = URL.canParse(server) ? new URL(server) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url
  throw new CommandError(`the kubeconfig's server ${JSON.stringify(server)} is no https:// address`)
}

function parseJson(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function errorOf({ status, text }: Answer, body: JsonObject | undefined): ApiError {
  if (body?.['kind'] === 'Status' && typeof body['message'] === 'string') {
    const reason = typeof body['reason'] === 'string' ? body['reason'] : 'Unknown'
    const hint = status === 401 ? ': the kubeconfig is of another Sluice, or of an older start' : ''
    return new ApiError(status, reason, printable(body['message'] + hint))
  }
  const start = printable(text.trim().slice(0, 200))
  return new ApiError(status, 'Unknown', `the server answered ${status}: ${start || 'nothing'}`)
}

const messages: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there. Is "sluice dev" running?',
  ECONNRESET: 'the connection broke. Is "sluice dev" still running?',
  ENOTFOUND: 'its name is unknown. Check the server of the kubeconfig.',
  EAI_AGAIN: 'its name cannot be resolved now. Check the server of the kubeconfig.',
  EHOSTUNREACH: 'there is no way to that address.',
  CERT_HAS_EXPIRED: 'its certificate has expired.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by the authority of the kubeconfig.',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by the authority of the kubeconfig.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is not signed by the authority of the kubeconfig.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is not signed by the authority of the kubeconfig.',
  CERT_SIGNATURE_FAILURE: 'its certificate is not signed by the authority of the kubeconfig.',
}

function explain(error: Error, server: string): CommandError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // Several addresses of one name fail with an error that has a code and no text.
  const cause = messages[code] ?? (error.message || code || 'unknown error')
  return new CommandError(`cannot reach the Kubernetes API at ${server}: ${cause}`)
}

/** The texts of `299 - "…"` (RFC 9110 had them last in RFC 7234 section 5.5; Kubernetes still sends them). */
function warningsOf(header: string | undefined): string[] {
  return [...(header ?? '').matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) =>
    printable((match[1] ?? '').replaceAll(/\\(.)/g, '$1')),
  )
}
