import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import { readJsonObject } from '../../lib/json/read-json-object.ts'
import type { ModelRequest } from '../../llm/model-request.ts'
import type { Exchange } from '../request/exchange.ts'
import type { ModelExchange } from './model-exchange.ts'

interface Problem {
  readonly text: string
  readonly status: number
  /** A provider may read it all the same, and then otherwise than the gateway. */
  readonly isAmbiguous: boolean
}

/**
 * Sets `call.request`, or `call.unreadable`. An error where a policy insists on reading the body, and where the body would get
 * past a rule of the route: what is plainly no JSON no provider takes, but what providers could read otherwise they may.
 */
export function readModelBody(
  exchange: Exchange,
  model: ModelExchange,
  body: Buffer,
): GatewayError | undefined {
  const result = read(exchange, model, body)
  if (!('text' in result)) return takeRequest(model, result)
  model.call.unreadable = result.text
  const strict = model.policies.strictReader
  const rule = strict === undefined ? ruleOf(model) : `the ${strict.type} policy of this route`
  if (rule === undefined || (strict === undefined && !result.isAmbiguous)) return undefined
  const message = `${rule} cannot read this request: ${result.text}`
  return gatewayError('unreadable-body', message, { status: result.status })
}

function takeRequest(
  { call, policies }: ModelExchange,
  request: ModelRequest,
): GatewayError | undefined {
  const reader = policies.strictTextReader
  if (reader === undefined || request.tokenNumbers() === 0) {
    call.request = request
    return undefined
  }
  call.unreadable = 'the input is not text but numbers of tokens'
  const message = `the ${reader.type} policy of this route cannot read this request: ${call.unreadable}; send the text itself`
  return gatewayError('unreadable-body', message, { status: 400 })
}

function read(
  exchange: Exchange,
  { endpoint, path, policies }: ModelExchange,
  body: Buffer,
): ModelRequest | Problem {
  const problem = headerProblem(exchange, policies.strictReader !== undefined)
  if (problem !== undefined) return { text: problem, status: 415, isAmbiguous: true }
  const reading = readJsonObject(body)
  if ('problem' in reading) {
    return { text: reading.problem, status: 400, isAmbiguous: looksLikeJson(body) }
  }
  const request = endpoint?.format?.readRequest(reading.json, path)
  if (request !== undefined) return request
  const form = endpoint?.format?.name ?? 'an unknown form'
  const text = `the body is no request in the form of ${form}`
  return { text, status: 400, isAmbiguous: true }
}

/** What changes requests on this route without insisting on it. */
function ruleOf({ endpoint, policies, provider }: ModelExchange): string | undefined {
  if (endpoint?.untouched !== false) return undefined
  const [policy] = policies.onModelRequest
  if (policy !== undefined) return `the ${policy.type} policy of this route`
  const fixesModel = provider.modelPlace === 'body' && provider.model !== undefined
  return fixesModel ? 'the gateway, which names the model on this route,' : undefined
}

/** What the head says about the body that keeps it from being read; what it declares counts only where it must be sure. */
function headerProblem({ headers }: Exchange, strict: boolean): string | undefined {
  const encoding = headers.getAll('content-encoding').join(',').trim().toLowerCase()
  if (encoding !== '' && encoding !== 'identity') return `the body is encoded as ${encoding}`
  if (!strict) return undefined
  const types = headers.getAll('content-type')
  if (types.length === 1 && isJsonType(types[0] ?? '')) return undefined
  return 'the content type is not application/json'
}

/** RFC 8259 section 11: JSON is UTF-8 and its media type has no parameters; many clients name the charset all the same. */
function isJsonType(value: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?;?\s*$/i.test(value)
}

/** Lenient readers skip marks and comments, take other encodings and whatever stands first, so any brace makes one think. */
function looksLikeJson(body: Buffer): boolean {
  return body.includes('{') && body.includes('}')
}
