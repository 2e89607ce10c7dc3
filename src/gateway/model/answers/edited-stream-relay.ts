import type { GatewayError } from '../../../errors/gateway-error.ts'
import { BodyPiece } from '../../../lib/http/body-piece.ts'
import type { StreamPart, StreamReader } from '../../../llm/stream-part.ts'
import type { StreamEditor, StreamOutput } from '../../../policies/policy.ts'
import { headerValueOf } from '../../response/answer-kind.ts'
import type { AnswerRelay } from '../../response/answer-relay.ts'
import { ResponseRelay } from '../../response/response-relay.ts'
import { encodeStreamError } from '../model-error.ts'
import type { UsageMeter } from './usage-meter.ts'
import type { AnswerParts } from './whole-answer-relay.ts'

/** Hands a stream on event by event through the editors of policies, each of which may hold events back or end it. */
export class EditedStreamRelay implements AnswerRelay {
  readonly #parts: AnswerParts
  readonly #reader: StreamReader
  /** Undefined: the answer is an error, which costs nothing. */
  readonly #meter: UsageMeter | undefined
  readonly #relay: ResponseRelay
  readonly #editors: StreamEditor[] = []
  #first: StreamEditor
  #trailers: readonly string[] = []
  #over = false

  constructor(parts: AnswerParts, reader: StreamReader, meter: UsageMeter | undefined) {
    const { exchange, call, head, model, owner } = parts
    this.#parts = parts
    this.#reader = reader
    this.#meter = meter
    this.#relay = new ResponseRelay(exchange, call, head, owner)
    this.#first = this.#createLast()
    for (const policy of model.policies.createStreamEditor.toReversed()) {
      const output = this.#outputTo(this.#first)
      const editor = policy.createStreamEditor?.(exchange, model.call, output)
      if (editor === undefined) continue
      this.#editors.push(editor)
      this.#first = editor
    }
    model.onAbort = () => this.#abort()
  }

  get committed(): boolean {
    return true
  }

  push(piece: BodyPiece): void {
    this.#meter?.keep(piece.bytes)
    this.#take(this.#reader.push(piece))
  }

  end(trailers: readonly string[]): void {
    if (this.#over) return
    this.#trailers = trailers
    this.#take(this.#reader.end())
    this.#meter?.end()
    if (!this.#over) this.#first.end()
  }

  #take(parts: readonly StreamPart[]): void {
    for (const part of parts) {
      if (this.#over) return
      this.#meter?.see(part)
      this.#first.push(part)
    }
  }

  /** What stands behind the last editor: the client. */
  #createLast(): StreamEditor {
    return {
      push: (part) => {
        if (!part.hidden) this.#relay.push(part.encode())
      },
      end: () => {
        if (this.#over) return
        this.#over = true
        this.#relay.end(this.#trailers)
      },
      abort: () => undefined,
    }
  }

  /** Editors hand on when they like, also long after they were given something. */
  #outputTo(next: StreamEditor): StreamOutput {
    const guarded = (step: () => void) => {
      if (this.#over) return
      try {
        step()
      } catch (cause) {
        this.#parts.owner.relayFailed(cause)
      }
    }
    return {
      // Every event comes here, and would need a function of its own to be a step.
      emit: (part) => {
        if (this.#over) return
        try {
          next.push(part)
        } catch (cause) {
          this.#parts.owner.relayFailed(cause)
        }
      },
      end: () => guarded(() => next.end()),
      fail: (error) => guarded(() => this.#fail(error)),
    }
  }

  #fail(error: GatewayError): void {
    const { exchange, head, model } = this.#parts
    exchange.error ??= error
    this.#abort()
    const isText = headerValueOf(head.headers, 'content-type')?.startsWith('text/') === true
    const event = isText ? encodeStreamError(model.provider.errorStyle, error) : undefined
    if (event === undefined) {
      exchange.sink.abort()
      return
    }
    this.#relay.push(BodyPiece.ofBytes(event))
    this.#relay.end([])
  }

  #abort(): void {
    if (this.#over) return
    this.#over = true
    for (const editor of this.#editors) editor.abort()
  }
}
