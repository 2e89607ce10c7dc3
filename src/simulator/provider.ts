import type { HeaderList } from '../lib/http/header-list.ts'
import type { KnownCredentials } from './credentials/known-credentials.ts'
import type { LoadTokenizer } from './generation/tokenizer.ts'

/**
 * What a simulated provider is: hosts it answers for, and a pure function from request to answer. It sees no
 * socket; pacing, failures on demand and the log are the same for all of them.
 */
export interface SimulatedProvider {
  readonly name: string
  /** Host names, in lower case, or patterns: in a label, one `*` stands for one or more characters. */
  readonly hosts: readonly string[]
  answer(request: SimulatedRequest, context: AnswerContext): Promise<Answer>
  /** The provider's own error body for a status that somebody asked for. */
  failure(status: number): CompleteAnswer
}

export interface SimulatedRequest {
  readonly method: string
  /** The name asked for, in lower case and without port. */
  readonly host: string
  /** Without query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: HeaderList
  readonly body: Buffer
  /** Length of the generated text that the request's `x-simulate-tokens` asks for. */
  readonly wantedTokens: number | undefined
}

export interface AnswerContext {
  readonly now: () => number
  readonly loadTokenizer: LoadTokenizer
  readonly knownCredentials: KnownCredentials
}

export type Answer = CompleteAnswer | StreamAnswer

export interface CompleteAnswer {
  readonly type: 'complete'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** How many tokens had to be generated for it: decides how long it takes. */
  readonly generatedTokens: number
}

export interface StreamAnswer {
  readonly type: 'stream'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Written one by one, each as it is. */
  readonly events: Iterable<StreamEvent>
}

export interface StreamEvent {
  /** As it stands on the wire. */
  readonly data: string | Uint8Array
  /** A token had to be generated for it; others follow at once. */
  readonly paced: boolean
}

/** A complete answer of JSON. */
export function jsonAnswer(
  status: number,
  value: unknown,
  details: { headers?: Readonly<Record<string, string>>; generatedTokens?: number } = {},
): CompleteAnswer {
  return {
    type: 'complete',
    status,
    headers: { 'content-type': 'application/json', ...details.headers },
    body: JSON.stringify(value),
    generatedTokens: details.generatedTokens ?? 0,
  }
}

/** The token of a well-formed `Authorization: Bearer …`; undefined without one. */
export function bearerToken(headers: HeaderList): string | undefined {
  const values = headers.getAll('authorization')
  return values.length === 1 ? /^bearer +([^\s]+)$/i.exec(values[0] ?? '')?.[1] : undefined
}

export type JsonObject = Readonly<Record<string, unknown>>

/** Null, arrays and everything else than an object of fields are none. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function hasJsonContentType(headers: HeaderList): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(headers.get('content-type') ?? '')
}

/** The parsed body; undefined when it is no JSON. */
export function parseJson(body: Buffer): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(body.toString('utf8')) }
  } catch {
    return undefined
  }
}
