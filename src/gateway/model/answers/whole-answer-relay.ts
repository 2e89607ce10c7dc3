import { type GatewayError, gatewayError } from '../../../errors/gateway-error.ts'
import { BodyPiece } from '../../../lib/http/body-piece.ts'
import { readJsonObject } from '../../../lib/json/read-json-object.ts'
import type { ModelResponse } from '../../../llm/model-response.ts'
import type { WireFormat } from '../../../llm/wire-format.ts'
import type { Exchange } from '../../request/exchange.ts'
import type { AnswerRelay } from '../../response/answer-relay.ts'
import { fail } from '../../response/respond.ts'
import {
  type RelayOwner,
  ResponseRelay,
  type UpstreamResponseHead,
} from '../../response/response-relay.ts'
import { withoutBodyHeaders } from '../../response/without-body-headers.ts'
import type { UpstreamCall } from '../../upstream/upstream-client.ts'
import type { ModelExchange } from '../model-exchange.ts'
import type { UsageMeter } from './usage-meter.ts'

/** What policies must read as a whole may not be longer. */
const maxAnswerBytes = 16 * 1024 * 1024

/** What an answer comes with. */
export interface AnswerParts {
  readonly exchange: Exchange
  readonly model: ModelExchange
  readonly format: WireFormat
  readonly call: UpstreamCall
  readonly head: UpstreamResponseHead
  readonly owner: RelayOwner
}

/** Reads a JSON answer whole and hands it on when every policy has seen it. */
export class WholeAnswerRelay implements AnswerRelay {
  readonly #parts: AnswerParts
  /** Undefined: the answer is an error, which costs nothing. */
  readonly #meter: UsageMeter | undefined
  #chunks: Buffer[] = []
  #bytes = 0
  #over = false

  constructor(parts: AnswerParts, meter: UsageMeter | undefined) {
    this.#parts = parts
    this.#meter = meter
  }

  get committed(): boolean {
    return this.#over
  }

  push(piece: BodyPiece): void {
    if (this.#over) return
    this.#bytes += piece.length
    // The bytes are the caller's again when this returns.
    const copy = Buffer.from(piece.bytes)
    this.#chunks.push(copy)
    this.#meter?.keep(copy)
    if (this.#bytes <= maxAnswerBytes) return
    this.#over = true
    this.#chunks = []
    const { head, model, owner } = this.#parts
    const problem = `it is larger than ${maxAnswerBytes} bytes`
    owner.refuseAnswer(unreadableAnswer(model, head.status, problem))
  }

  end(trailers: readonly string[]): void {
    if (this.#over) return
    this.#over = true
    const { exchange, format, model, owner } = this.#parts
    const body = Buffer.concat(this.#chunks)
    this.#chunks = []
    const reading = readJsonObject(body)
    if ('problem' in reading) {
      fail(exchange, unreadableAnswer(model, this.#parts.head.status, reading.problem))
      return
    }
    const response = format.readResponse(reading.json)
    this.#meter?.see(response)
    this.#meter?.end()
    this.#runHooks(response).then(
      (error) => {
        if (exchange.completed) return
        if (error !== undefined) fail(exchange, error)
        else this.#send(response.changed ? response.encode() : undefined, body, trailers)
      },
      (cause: unknown) => owner.relayFailed(cause),
    )
  }

  async #runHooks(response: ModelResponse): Promise<GatewayError | undefined> {
    const { exchange, model } = this.#parts
    for (const policy of model.policies.onModelResponse) {
      const error = await policy.onModelResponse?.(exchange, model.call, response)
      if (error !== undefined || exchange.completed) return error
    }
    return undefined
  }

  #send(changed: Buffer | undefined, original: Buffer, trailers: readonly string[]): void {
    const { exchange, call, head, owner } = this.#parts
    const body = changed ?? original
    const final =
      changed === undefined
        ? head
        : withoutBodyHeaders(head, ['content-length', String(changed.length)])
    try {
      const relay = new ResponseRelay(exchange, call, final, owner)
      relay.push(BodyPiece.ofBytes(body))
      relay.end(trailers)
    } catch (cause) {
      owner.relayFailed(cause)
    }
  }
}

/** An answer that a policy must read and cannot. An error stays one, in the gateway's words. */
export function unreadableAnswer(
  { policies }: ModelExchange,
  status: number,
  problem: string,
): GatewayError {
  const reader = policies.strictReader
  const who = reader === undefined ? 'a policy' : `the ${reader.type} policy`
  const message = `${who} of this route cannot read the model's answer: ${problem}`
  return gatewayError('unreadable-answer', message, status >= 400 ? { status } : {})
}
