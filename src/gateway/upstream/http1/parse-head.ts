/** How the end of a body is found (RFC 9112 section 6.3). */
export type BodyFraming = 'none' | 'length' | 'chunked' | 'close'

/** A response head that may be passed on. */
export interface ResponseHead {
  readonly status: number
  /** Flat `[name, value, …]` with lower-case names. */
  readonly headers: string[]
  framing: BodyFraming
  contentLength: number
  keepAlive: boolean
  /** What `Keep-Alive: timeout=` promises, in milliseconds. */
  keepAliveTimeoutMs: number | undefined
}

/** What a field means for this connection. */
type FieldRole = 'plain' | 'content-length' | 'transfer-encoding' | 'connection' | 'keep-alive'

interface FieldName {
  readonly lower: string
  readonly role: FieldRole
}

/**
 * Control characters, CR without LF and LF without CR: one look at the whole head is cheaper than one per value.
 * `\r$` is the CR that stands before the blank line.
 */
const unsafe = /[^\t\r\n\x20-\x7e\x80-\xff]|\r[^\n]|[^\r]\n|\r$/
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const digits = /^\d{1,15}$/

const roles: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
])

const framesBody: ReadonlySet<FieldRole> = new Set<FieldRole>([
  'content-length',
  'transfer-encoding',
])

/** Upstreams send the same few names again and again; what else they invent must not fill the memory. */
const mostKnownNames = 512
const knownNames = new Map<string, FieldName>()

function readName(raw: string): FieldName | undefined {
  const known = knownNames.get(raw)
  if (known !== undefined) return known
  if (!token.test(raw)) return undefined
  const lower = raw.toLowerCase()
  const name: FieldName = { lower, role: roles.has(lower) ? (lower as FieldRole) : 'plain' }
  if (knownNames.size < mostKnownNames && raw.length <= 64) knownNames.set(raw, name)
  return name
}

interface Framing {
  contentLength: string | undefined
  transferEncoding: string | undefined
  connection: string | undefined
  keepAlive: string | undefined
}

/** `text` is everything before the blank line. A string says what is wrong with it. */
export function parseHead(text: string): ResponseHead | string {
  if (unsafe.test(text)) return 'the response head has a character that is not allowed'
  const lineEnd = text.indexOf('\r\n')
  const first = lineEnd < 0 ? text.length : lineEnd
  const status = readStatus(text, first)
  if (status < 100) return 'the status line is malformed'
  const headers: string[] = []
  const framing: Framing = {
    contentLength: undefined,
    transferEncoding: undefined,
    connection: undefined,
    keepAlive: undefined,
  }
  const problem = readFields(text, first + 2, headers, framing)
  if (problem !== undefined) return problem
  return applyFraming({ status, headers, minor: text.charCodeAt(7) - 0x30 }, framing)
}

/** Trailers are header fields without a meaning for the framing. A string says what is wrong. */
export function parseTrailers(text: string): string[] | string {
  if (unsafe.test(text)) return 'the trailers have a character that is not allowed'
  const trailers: string[] = []
  return readFields(text, 0, trailers, undefined) ?? trailers
}

/** `HTTP/1.x nnn`, then a space and anything, or nothing; 0 when it is something else. */
function readStatus(text: string, end: number): number {
  const minor = text.charCodeAt(7)
  if (!text.startsWith('HTTP/1.') || (minor !== 0x30 && minor !== 0x31)) return 0
  if (text.charCodeAt(8) !== 0x20 || end < 12) return 0
  if (end > 12 && text.charCodeAt(12) !== 0x20) return 0
  let status = 0
  for (let index = 9; index < 12; index += 1) {
    const digit = text.charCodeAt(index) - 0x30
    if (digit < 0 || digit > 9) return 0
    status = status * 10 + digit
  }
  return status
}

function readFields(
  text: string,
  from: number,
  flat: string[],
  framing: Framing | undefined,
): string | undefined {
  let start = from
  while (start < text.length) {
    const found = text.indexOf('\r\n', start)
    const end = found < 0 ? text.length : found
    const colon = text.indexOf(':', start)
    // A line without a name is also what continues the one before it (obs-fold), which nobody may send.
    if (colon <= start || colon >= end) return 'a header line has no name'
    const name = readName(text.slice(start, colon))
    if (name === undefined) return 'a header name has a character that is not allowed'
    flat.push(name.lower, trim(text, colon + 1, end))
    if (name.role !== 'plain') {
      const problem = takeField(framing, name.role, text.slice(colon + 1, end))
      if (problem !== undefined) return problem
    }
    start = end + 2
  }
  return undefined
}

/** Only blanks of HTTP go, not everything that JavaScript takes for one. */
function trim(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isBlank(text.charCodeAt(start))) start += 1
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function takeField(
  framing: Framing | undefined,
  role: Exclude<FieldRole, 'plain'>,
  raw: string,
): string | undefined {
  if (framing === undefined) return undefined
  // Spaces may stand before the value, and nothing else around it: parsers differ in what they make of the rest.
  if (framesBody.has(role) && (raw.includes('\t') || raw.endsWith(' '))) {
    return 'a header of the framing has a blank where none belongs'
  }
  return takeFraming(framing, role, trim(raw, 0, raw.length))
}

function takeFraming(
  framing: Framing,
  role: Exclude<FieldRole, 'plain'>,
  value: string,
): string | undefined {
  switch (role) {
    case 'content-length':
      if (framing.contentLength !== undefined) return 'Content-Length stands twice'
      framing.contentLength = value
      return digits.test(value) ? undefined : 'Content-Length is not a number'
    case 'transfer-encoding':
      if (framing.transferEncoding !== undefined) return 'Transfer-Encoding stands twice'
      framing.transferEncoding = value
      // Other codings are the upstream's connection's own: passed on without it they could not be read.
      return value.toLowerCase() === 'chunked' ? undefined : 'the only Transfer-Encoding is chunked'
    case 'connection':
      framing.connection =
        framing.connection === undefined ? value : `${framing.connection},${value}`
      return undefined
    case 'keep-alive':
      framing.keepAlive = value
      return undefined
  }
}

function applyFraming(
  { status, headers, minor }: { status: number; headers: string[]; minor: number },
  { contentLength, transferEncoding, connection, keepAlive }: Framing,
): ResponseHead | string {
  if (transferEncoding !== undefined) {
    if (contentLength !== undefined) return 'Content-Length and Transfer-Encoding stand together'
    if (minor === 0) return 'HTTP/1.0 has no Transfer-Encoding'
  }
  if (status < 200 && minor === 0) return 'HTTP/1.0 has no interim answers'
  const framing: BodyFraming =
    transferEncoding !== undefined ? 'chunked' : contentLength === undefined ? 'close' : 'length'
  return {
    status,
    headers,
    framing,
    contentLength: contentLength === undefined ? -1 : Number(contentLength),
    keepAlive: isKeptAlive(minor, connection),
    keepAliveTimeoutMs: keepAlive === undefined ? undefined : readTimeout(keepAlive),
  }
}

function isKeptAlive(minor: number, connection: string | undefined): boolean {
  if (connection === undefined) return minor === 1
  const options = connection.toLowerCase().split(',')
  const has = (option: string) => options.some((each) => each.trim() === option)
  return !has('close') && (minor === 1 || has('keep-alive'))
}

function readTimeout(keepAlive: string): number | undefined {
  const seconds = /(?:^|[\s,])timeout=(\d{1,9})/i.exec(keepAlive)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}
