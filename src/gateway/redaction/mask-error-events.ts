import { BodyPiece } from '../../lib/http/body-piece.ts'
import type { Exchange } from '../request/exchange.ts'
import { answerKindOf, headerValueOf } from '../response/answer-kind.ts'
import type { AnswerRelay } from '../response/answer-relay.ts'
import type { UpstreamResponseHead } from '../response/response-relay.ts'
import { withoutBodyHeaders } from '../response/without-body-headers.ts'
import { type EventBlocks, MessageBlocks, SseBlocks } from './event-blocks.ts'
import { findHeldCredentials } from './find-held-credentials.ts'
import { CredentialMasker, type MaskedStream } from './matching/credential-masker.ts'
import type { UpstreamAnswer } from './upstream-answer.ts'

/** A longer event is masked while it comes, error or not. */
const maxHeldBytes = 64 * 1024

/**
 * Stands in every event that is an error, and in few others: the fields in which providers and what stands before them say what has
 * gone wrong, and how AWS calls its messages. Looking for it takes 0.1 µs per event.
 */
const errorMark = /rror|essage"|etail"|xception/

/** Hands the answer to a call of a model on; where it is a stream, without credentials in events that are errors. */
export function maskErrorEvents({ exchange, head, createRelay }: UpstreamAnswer): AnswerRelay {
  const { headers } = head
  if (exchange.method === 'HEAD') return createRelay(head)
  const kind = answerKindOf(headers)
  if (kind === 'events') {
    const isText = headerValueOf(headers, 'content-type')?.startsWith('text/') === true
    const blocks = isText ? new SseBlocks() : new MessageBlocks()
    return new ErrorEventMask(exchange, createRelay(withoutLength(head)), blocks)
  }
  // Gemini streams an array of JSON unless it is asked for events.
  const mayBeStream = kind === 'json' && exchange.model?.call.streaming === true
  const isWhole = headerValueOf(headers, 'content-length') !== undefined
  if (!mayBeStream || isWhole) return createRelay(head)
  return new ErrorEventMask(exchange, createRelay(head), undefined)
}

/** Masks hardly ever change a length, but they may. */
function withoutLength(head: UpstreamResponseHead): UpstreamResponseHead {
  const isKnown = headerValueOf(head.headers, 'content-length') !== undefined
  return isKnown ? withoutBodyHeaders(head) : head
}

/** Hands a stream of a model on; where an event reports an error, without the credentials that its request was sent with. */
class ErrorEventMask implements AnswerRelay {
  readonly #exchange: Exchange
  readonly #relay: AnswerRelay
  /** Undefined: where events end is not known, so all of the stream is masked. */
  #blocks: EventBlocks | undefined
  #masker: CredentialMasker | undefined
  #stream: MaskedStream | undefined

  constructor(exchange: Exchange, relay: AnswerRelay, blocks: EventBlocks | undefined) {
    this.#exchange = exchange
    this.#relay = relay
    this.#blocks = blocks
  }

  get committed(): boolean {
    return this.#relay.committed
  }

  push(piece: BodyPiece): void {
    const blocks = this.#blocks
    if (blocks === undefined) {
      this.#passBytes(this.#allMasked().push(piece.bytes))
      return
    }
    for (const block of blocks.push(piece)) this.#passBlock(blocks, block)
    if (blocks.heldBytes <= maxHeldBytes) return
    this.#blocks = undefined
    this.#passBytes(this.#allMasked().push(blocks.end().bytes))
  }

  end(trailers: readonly string[]): void {
    const blocks = this.#blocks
    if (blocks === undefined) this.#passBytes(this.#allMasked().end())
    else this.#passBlock(blocks, blocks.end())
    this.#relay.end(trailers.length === 0 ? trailers : this.#credentials().maskHeaders(trailers))
  }

  #passBlock(blocks: EventBlocks, block: BodyPiece): void {
    if (errorMark.test(block.latin1)) this.#passBytes(blocks.mask(block, this.#credentials()))
    else this.#pass(block)
  }

  #passBytes(bytes: Buffer): void {
    this.#pass(BodyPiece.ofBytes(bytes))
  }

  #pass(piece: BodyPiece): void {
    if (this.#masker !== undefined) this.#exchange.maskedCredentials = this.#masker.found
    if (piece.length > 0) this.#relay.push(piece)
  }

  #credentials(): CredentialMasker {
    this.#masker ??= new CredentialMasker(findHeldCredentials(this.#exchange))
    return this.#masker
  }

  #allMasked(): MaskedStream {
    this.#stream ??= this.#credentials().createStream()
    return this.#stream
  }
}
