import type { UpstreamBody, UpstreamRequestHead } from '../upstream-client.ts'

/** A request as it goes over the wire. */
export interface EncodedRequest {
  readonly method: string
  /** Everything up to the blank line; the connection may add a header of its own. */
  readonly head: string
  readonly body: Buffer | undefined
}

const methodPattern = /^[A-Z]+$/
const unsafePath = /[^\x21-\x7e\x80-\xff]/
const unsafeValue = /[^\t\x20-\x7e\x80-\xff]/
const token = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/

/** What concerns the connection is nothing that a request may bring with it. */
const refusedNames: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/** Methods whose requests have a body: without one they say so. */
const payloadMethods: ReadonlySet<string> = new Set([
  'PATCH',
  'POST',
  'PROPFIND',
  'PROPPATCH',
  'PUT',
  'QUERY',
])

/** Clients send the same few names again and again; what else they invent must not fill the memory. */
const mostKnownNames = 512
const knownNames = new Set<string>()

function isName(name: string): boolean {
  if (knownNames.has(name)) return true
  if (!token.test(name) || refusedNames.has(name)) return false
  if (knownNames.size < mostKnownNames && name.length <= 64) knownNames.add(name)
  return true
}

/** Undefined: the request is not of the usual kind, or cannot be encoded at all. */
export function encodeRequest(
  { method, path, headers, upgrade }: UpstreamRequestHead,
  body: UpstreamBody,
): EncodedRequest | undefined {
  if (upgrade !== undefined || !(body === undefined || Buffer.isBuffer(body))) return undefined
  if (method === 'CONNECT' || !methodPattern.test(method) || unsafePath.test(path)) return undefined
  const fields = encodeFields(headers, body === undefined ? 0 : body.length)
  if (fields === undefined) return undefined
  let head = `${method} ${path} HTTP/1.1\r\n${fields}`
  const length = body?.length ?? 0
  if (length > 0 || payloadMethods.has(method)) head += `content-length: ${length}\r\n`
  return { method, head, body }
}

function encodeFields(headers: readonly string[], bodyLength: number): string | undefined {
  let fields = ''
  let hosts = 0
  let lengths = 0
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string
    const value = headers[index + 1] as string
    if (!isName(name) || unsafeValue.test(value)) return undefined
    if (name === 'content-length') {
      lengths += 1
      if (value !== String(bodyLength)) return undefined
      continue
    }
    if (name === 'host') hosts += 1
    fields += `${name}: ${value}\r\n`
  }
  return hosts === 1 && lengths <= 1 ? fields : undefined
}
