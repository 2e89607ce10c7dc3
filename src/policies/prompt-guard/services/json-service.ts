import type { GatewayError } from '../../../errors/gateway-error.ts'
import { HeaderList } from '../../../lib/http/header-list.ts'
import type { PolicyServices, RequestContext } from '../../policy.ts'

/** A service that is asked in JSON and answers so. */
export interface JsonService {
  readonly backendId: string
  /** `host:port`. */
  readonly authority: string
  readonly timeoutMs: number
}

/** A question to a {@link JsonService}. */
export interface Question {
  readonly path: string
  /** Besides those that JSON needs; names are lower-case. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly json: unknown
}

/** Why a service's answer cannot be used, for the log. */
export interface NoAnswer {
  readonly type: 'no-answer'
  readonly reason: string
}

const maxAnswerBytes = 4 * 1024 * 1024

/** Asks `service`; resolves with the JSON of an answer with status 200. */
export async function askJson(
  { callBackend }: Pick<PolicyServices, 'callBackend'>,
  service: JsonService,
  { path, headers, json }: Question,
  context: Pick<RequestContext, 'signal'>,
): Promise<{ readonly json: unknown } | NoAnswer> {
  const body = Buffer.from(JSON.stringify(json))
  const list = new HeaderList(headers.flat())
  list.set('host', service.authority)
  list.set('content-type', 'application/json')
  list.set('accept', 'application/json')
  list.set('accept-encoding', 'identity')
  list.set('content-length', String(body.length))
  const answer = await callBackend(service.backendId, {
    ...{ method: 'POST', path, headers: list, body, maxAnswerBytes },
    ...{ timeoutMs: service.timeoutMs, signal: context.signal },
  })
  if ('type' in answer) return noAnswer(reasonOf(service, answer))
  if (answer.status !== 200) return noAnswer(`${service.authority} answers ${answer.status}`)
  try {
    return { json: JSON.parse(answer.body.toString()) }
  } catch {
    return noAnswer(`${service.authority} does not answer with JSON`)
  }
}

export function noAnswer(reason: string): NoAnswer {
  return { type: 'no-answer', reason }
}

function reasonOf({ authority }: JsonService, { code, message }: GatewayError): string {
  return `${authority} cannot be asked: ${code}, ${message}`
}
