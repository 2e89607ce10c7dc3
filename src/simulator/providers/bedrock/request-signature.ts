import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import {
  type AnswerContext,
  bearerToken,
  type CompleteAnswer,
  type SimulatedRequest,
} from '../../provider.ts'
import { bedrockError } from './errors.ts'

const algorithm = 'AWS4-HMAC-SHA256'
const mostClockSkewMs = 5 * 60 * 1000

/**
 * What a call with a missing or wrong signature (AWS Signature Version 4) gets. Of access keys that are not known only
 * the form is checked.
 */
export function findSignatureError(
  request: SimulatedRequest,
  region: string,
  context: AnswerContext,
): CompleteAnswer | undefined {
  const authorization = request.headers.get('authorization')
  if (authorization === undefined) {
    return bedrockError(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token')
  }
  const token = bearerToken(request.headers)
  if (token !== undefined) return findBearerError(token)
  const signature = readSignature(authorization)
  if (typeof signature === 'string') {
    return bedrockError(403, 'IncompleteSignatureException', signature)
  }
  return (
    findScopeError(signature, region) ??
    findUnsignedHeader(signature, request) ??
    findTimeError(signature, request, context.now()) ??
    findValueError(signature, request, context)
  )
}

/** API keys of Bedrock itself are sent as they are. */
function findBearerError(token: string): CompleteAnswer | undefined {
  if (/^(?:ABSK|bedrock-api-key-)[\w+/=-]{8,}$/.test(token)) return undefined
  const message = 'Authentication failed: Please make sure your API Key is valid.'
  return bedrockError(403, 'AccessDeniedException', message)
}

interface Signature {
  readonly accessKeyId: string
  readonly date: string
  readonly region: string
  readonly service: string
  readonly terminator: string
  readonly signedHeaders: readonly string[]
  readonly value: string
}

/** The parts of the header, or what it lacks. */
function readSignature(authorization: string): Signature | string {
  const [scheme, rest = ''] = authorization.split(/ (.*)/s)
  if (scheme !== algorithm) {
    return `Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header and the algorithm ${algorithm}.`
  }
  const fields = new Map(rest.split(',').map((part) => splitField(part)))
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !fields.get(name))
  if (missing.length > 0) {
    return missing.map((name) => `Authorization header requires '${name}' parameter.`).join(' ')
  }
  const parts = (fields.get('Credential') ?? '').split('/')
  const [accessKeyId = '', date = '', region = '', service = '', terminator = ''] = parts
  if (parts.length !== 5) {
    return `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${parts.length}'`
  }
  const signedHeaders = (fields.get('SignedHeaders') ?? '').split(';')
  const value = fields.get('Signature') ?? ''
  return { accessKeyId, date, region, service, terminator, signedHeaders, value }
}

function splitField(part: string): [name: string, value: string] {
  const [name = '', value = ''] = part.trim().split(/=(.*)/s)
  return [name, value]
}

function findScopeError(signature: Signature, region: string): CompleteAnswer | undefined {
  if (!/^[A-Z0-9]{16,128}$/.test(signature.accessKeyId)) {
    const message = 'The security token included in the request is invalid.'
    return bedrockError(403, 'UnrecognizedClientException', message)
  }
  if (signature.region !== region) {
    return invalidSignature(
      `Credential should be scoped to a valid region, not '${signature.region}'.`,
    )
  }
  if (signature.service !== 'bedrock') {
    return invalidSignature("Credential should be scoped to correct service: 'bedrock'.")
  }
  if (signature.terminator !== 'aws4_request') {
    return invalidSignature("Credential should be scoped with a valid terminator: 'aws4_request'.")
  }
  // Clients that speak HTTP/2 sign the name that it has there.
  return signature.signedHeaders.some((name) => name === 'host' || name === ':authority')
    ? undefined
    : invalidSignature("'Host' must be a 'SignedHeader' in the AWS Authorization.")
}

/** Of the headers that AWS has names for each must be signed. */
function findUnsignedHeader(
  { signedHeaders }: Signature,
  { headers }: SimulatedRequest,
): CompleteAnswer | undefined {
  const names = headers.flat.filter((_, index) => index % 2 === 0)
  const unsigned = names.find((name) => name.startsWith('x-amz-') && !signedHeaders.includes(name))
  return unsigned === undefined
    ? undefined
    : invalidSignature(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`)
}

function findTimeError(
  signature: Signature,
  { headers }: SimulatedRequest,
  nowMs: number,
): CompleteAnswer | undefined {
  const sent = headers.get('x-amz-date') ?? ''
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(sent) ?? []
  if (year === undefined || !sent.startsWith(signature.date)) {
    return invalidSignature(
      'Date in Credential scope does not match the X-Amz-Date of the request.',
    )
  }
  const sentMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Math.abs(sentMs - nowMs) <= mostClockSkewMs) return undefined
  const now = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, '')
  return invalidSignature(
    `Signature ${sentMs < nowMs ? 'expired' : 'not yet current'}: ${sent} is more than 5 min. from ${now}`,
  )
}

function findValueError(
  signature: Signature,
  request: SimulatedRequest,
  { knownCredentials }: AnswerContext,
): CompleteAnswer | undefined {
  const secret = knownCredentials.findSecretAccessKey(signature.accessKeyId)
  const isHex = /^[\da-f]{64}$/.test(signature.value)
  if (isHex && (secret === undefined || isSigned(signature, request, secret))) return undefined
  return invalidSignature(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  )
}

function invalidSignature(message: string): CompleteAnswer {
  return bedrockError(403, 'InvalidSignatureException', message)
}

function isSigned(signature: Signature, request: SimulatedRequest, secret: string): boolean {
  const { date, region, service, terminator } = signature
  const scope = [date, region, service, terminator]
  const text = [
    algorithm,
    request.headers.get('x-amz-date'),
    scope.join('/'),
    sha256(canonicalRequest(signature.signedHeaders, request)),
  ].join('\n')
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secret}`)
  return timingSafeEqual(hmac(key, text), Buffer.from(signature.value, 'hex'))
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex')

/** What was signed: method, path and query encoded once more, the signed headers, the body's hash. */
function canonicalRequest(signedHeaders: readonly string[], request: SimulatedRequest): string {
  const { method, path, query, headers, body } = request
  const parameters = [...query].map(([name, value]) => `${encode(name)}=${encode(value)}`)
  const host = headers.get(':authority') ?? headers.get('host') ?? request.host
  return [
    method,
    path.split('/').map(encode).join('/'),
    parameters.sort().join('&'),
    ...signedHeaders.map((name) => {
      const isHost = name === 'host' || name === ':authority'
      const values = isHost ? [host] : headers.getAll(name)
      return `${name}:${values.map((value) => value.trim().replace(/ +/g, ' ')).join(',')}`
    }),
    '',
    signedHeaders.join(';'),
    sha256(body),
  ].join('\n')
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
