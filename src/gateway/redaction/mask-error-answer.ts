import { gatewayError } from '../../errors/gateway-error.ts'
import { BodyPiece } from '../../lib/http/body-piece.ts'
import { headerValueOf } from '../response/answer-kind.ts'
import type { AnswerRelay } from '../response/answer-relay.ts'
import { fail } from '../response/respond.ts'
import { withoutBodyHeaders } from '../response/without-body-headers.ts'
import { decodeContent } from './decode-content.ts'
import { findHeldCredentials } from './find-held-credentials.ts'
import { CredentialMasker, type MaskedStream } from './matching/credential-masker.ts'
import type { UpstreamAnswer } from './upstream-answer.ts'

/** A longer answer goes on while it comes, and so without its length. */
const maxWholeBytes = 64 * 1024

/** What must be decoded may not be longer. */
const maxEncodedBytes = 256 * 1024

/** Hands an error on without the credentials that its request was sent with. */
export function maskErrorAnswer(answer: UpstreamAnswer): AnswerRelay {
  const { exchange, head, createRelay } = answer
  const masker = new CredentialMasker(findHeldCredentials(exchange))
  if (masker.isIdle) return createRelay(head)
  const length = headerValueOf(head.headers, 'content-length')
  const encoding = headerValueOf(head.headers, 'content-encoding') ?? ''
  const isEncoded = encoding !== '' && encoding !== 'identity'
  const masked = { ...head, headers: masker.maskHeaders(head.headers) }
  const parts = { ...answer, head: masked, masker }
  // The length in an answer to HEAD is not that of a body which follows.
  if (exchange.method === 'HEAD') return new MaskedRelay(parts, createRelay(masked))
  if (isEncoded) return new WholeRelay(parts, encoding)
  if (length !== undefined && Number(length) <= maxWholeBytes) {
    return new WholeRelay(parts, undefined)
  }
  return new MaskedRelay(parts, createRelay(withoutBodyHeaders(masked)))
}

interface MaskedParts extends UpstreamAnswer {
  readonly masker: CredentialMasker
}

/** Masks an answer while it comes. */
class MaskedRelay implements AnswerRelay {
  readonly #parts: MaskedParts
  readonly #relay: AnswerRelay
  readonly #stream: MaskedStream

  constructor(parts: MaskedParts, relay: AnswerRelay) {
    this.#parts = parts
    this.#relay = relay
    this.#stream = parts.masker.createStream()
    parts.exchange.maskedCredentials = parts.masker.found
  }

  get committed(): boolean {
    return this.#relay.committed
  }

  push(piece: BodyPiece): void {
    this.#pass(this.#stream.push(piece.bytes))
  }

  end(trailers: readonly string[]): void {
    this.#pass(this.#stream.end())
    const { exchange, masker } = this.#parts
    const masked = masker.maskHeaders(trailers)
    exchange.maskedCredentials = masker.found
    this.#relay.end(masked)
  }

  #pass(bytes: Buffer): void {
    this.#parts.exchange.maskedCredentials = this.#parts.masker.found
    if (bytes.length > 0) this.#relay.push(BodyPiece.ofBytes(bytes))
  }
}

/** Masks an answer of which the length or the encoding must be told anew. */
class WholeRelay implements AnswerRelay {
  readonly #parts: MaskedParts
  /** Undefined: it comes as it is. */
  readonly #encoding: string | undefined
  #chunks: Buffer[] = []
  #bytes = 0
  #over = false

  constructor(parts: MaskedParts, encoding: string | undefined) {
    this.#parts = parts
    this.#encoding = encoding
  }

  get committed(): boolean {
    return this.#over
  }

  push(piece: BodyPiece): void {
    if (this.#over) return
    this.#bytes += piece.length
    // The bytes are the caller's again when this returns.
    this.#chunks.push(Buffer.from(piece.bytes))
    if (this.#bytes > maxEncodedBytes) this.#refuse()
  }

  end(trailers: readonly string[]): void {
    if (this.#over) return
    this.#over = true
    const body = Buffer.concat(this.#chunks)
    this.#chunks = []
    if (this.#encoding === undefined || body.length === 0) {
      this.#send(body, body, trailers)
      return
    }
    decodeContent(body, this.#encoding)
      .then((decoded) => {
        if (this.#parts.exchange.completed) return
        if (decoded === undefined) fail(this.#parts.exchange, this.#unreadable())
        else this.#send(body, decoded, trailers)
      })
      .catch((cause: unknown) => this.#parts.owner.relayFailed(cause))
  }

  /** What repeats nothing goes on as it came. */
  #send(original: Buffer, plain: Buffer, trailers: readonly string[]): void {
    const { createRelay, exchange, head, masker } = this.#parts
    const masked = masker.maskWhole(plain)
    const isSame = masked === plain
    const body = isSame ? original : masked
    const changed = withoutBodyHeaders(head, ['content-length', String(body.length)])
    const maskedTrailers = masker.maskHeaders(trailers)
    exchange.maskedCredentials = masker.found
    const relay = createRelay(isSame ? head : changed)
    if (body.length > 0) relay.push(BodyPiece.ofBytes(body))
    relay.end(maskedTrailers)
  }

  #refuse(): void {
    this.#over = true
    this.#chunks = []
    this.#parts.owner.refuseAnswer(this.#unreadable())
  }

  #unreadable() {
    const message =
      'the upstream answered with an error that cannot be searched for credentials: its content encoding is not known or broken, or it is too long'
    return gatewayError('unreadable-answer', message, { status: this.#parts.head.status })
  }
}
