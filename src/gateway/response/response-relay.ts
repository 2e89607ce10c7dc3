import type { GatewayError } from '../../errors/gateway-error.ts'
import { BodyPiece } from '../../lib/http/body-piece.ts'
import { HeaderList } from '../../lib/http/header-list.ts'
import type { BodyTransform } from '../../policies/policy.ts'
import { maskRpcError } from '../redaction/mask-rpc-error.ts'
import type { Exchange } from '../request/exchange.ts'
import type { UpstreamCall } from '../upstream/upstream-client.ts'
import type { AnswerRelay } from './answer-relay.ts'

/** An upstream's head as it came. */
export interface UpstreamResponseHead {
  readonly status: number
  /** Flat, with lower-case names. */
  readonly headers: readonly string[]
  readonly serviceTimeMs: number
}

/** Is told when an answer cannot be handed on. */
export interface RelayOwner {
  /** The client gets this error in the answer's place. */
  refuseAnswer(error: GatewayError): void
  relayFailed(cause: unknown): void
}

/** Headers that concern the upstream's connection alone, those the gateway writes itself, and that of an error which is looked into. */
const notPassed = new Set([
  'grpc-status',
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'server',
  'x-envoy-upstream-service-time',
])

/** Carries an upstream's answer to the client at the client's pace. */
export class ResponseRelay implements AnswerRelay {
  readonly #exchange: Exchange
  readonly #call: UpstreamCall
  readonly #owner: RelayOwner
  readonly #transforms: readonly BodyTransform[]
  readonly #bodiless: boolean
  /** -1: unknown. */
  readonly #length: number
  #status: number
  #flat: string[]
  #paused = false

  constructor(
    exchange: Exchange,
    call: UpstreamCall,
    head: UpstreamResponseHead,
    owner: RelayOwner,
  ) {
    this.#owner = owner
    this.#exchange = exchange
    this.#call = call
    const headers = translateHeaders(head, exchange)
    const final = { status: head.status, headers }
    exchange.finishHead(final)
    this.#transforms = this.#createTransforms(final)
    this.#status = final.status
    this.#bodiless = exchange.method === 'HEAD' || final.status === 204 || final.status === 304
    // HTTP/2 clients take an announced body that does not come for a broken answer.
    const announcesNothing = this.#transforms.length > 0 || final.status === 204
    if (announcesNothing) headers.remove('content-length')
    const length = headers.get('content-length')
    this.#length = length === undefined ? -1 : Number(length)
    // Trailers follow chunks alone, and announced where none can come they are an error.
    if (length !== undefined || exchange.protocol === 'HTTP/1.0') headers.remove('trailer')
    this.#flat = headers.flat
    exchange.status = final.status
    // With a short answer the body is in the same segment and both go out in one write.
    if (!this.#bodiless) process.nextTick(flushHead, this)
  }

  get committed(): boolean {
    return true
  }

  push(piece: BodyPiece): void {
    const { sink } = this.#exchange
    if (sink.ended || this.#bodiless) return
    if (this.#transforms.length > 0) {
      // Policies may keep what they see.
      this.#write(BodyPiece.ofBytes(this.#transform(Buffer.from(piece.bytes))))
      return
    }
    if (!sink.headSent && piece.length === this.#length) {
      this.writeHead()
      this.#exchange.responseBytes += piece.length
      sink.endWhole(piece)
      return
    }
    this.#write(piece)
  }

  end(trailers: readonly string[]): void {
    const { sink } = this.#exchange
    if (sink.ended) return
    if (!sink.headSent) this.writeHead()
    if (this.#transforms.length > 0) this.#write(BodyPiece.ofBytes(this.#endTransforms()))
    if (trailers.length > 0) sink.addTrailers(maskRpcError(this.#exchange, trailers))
    sink.end()
  }

  writeHead(): void {
    const { sink, services, startTimeMs } = this.#exchange
    this.#exchange.firstByteMs = services.now() - startTimeMs
    sink.writeHead(this.#status, this.#flat)
  }

  /** The head goes out although no body has come. */
  flush(): void {
    const { sink } = this.#exchange
    if (sink.headSent || sink.ended) return
    try {
      this.writeHead()
      sink.flushHead()
    } catch (cause) {
      this.#owner.relayFailed(cause)
    }
  }

  #write(piece: BodyPiece): void {
    const { sink } = this.#exchange
    const { length } = piece
    if (length === 0) return
    if (!sink.headSent) this.writeHead()
    this.#exchange.responseBytes += length
    if (sink.write(piece) || this.#paused) return
    this.#paused = true
    this.#call.pause()
    sink.onDrain(() => {
      this.#paused = false
      this.#call.resume()
    })
  }

  #createTransforms(final: { status: number; headers: HeaderList }): readonly BodyTransform[] {
    const policies = this.#exchange.policies?.createResponseTransform
    if (policies === undefined || policies.length === 0) return none
    const transforms: BodyTransform[] = []
    for (const policy of policies) {
      const transform = policy.createResponseTransform?.(this.#exchange, final)
      if (transform !== undefined) transforms.push(transform)
    }
    return transforms
  }

  #transform(chunk: Buffer): Buffer {
    let piece = chunk
    for (const transform of this.#transforms) piece = transform.push(piece)
    return piece
  }

  /** What one transform held back runs through those after it. */
  #endTransforms(): Buffer {
    const pieces: Buffer[] = []
    for (const transform of this.#transforms) {
      const rest: Buffer[] = pieces.splice(0).map((piece) => transform.push(piece))
      pieces.push(...rest, transform.end())
    }
    return Buffer.concat(pieces)
  }
}

const none: readonly BodyTransform[] = []

function flushHead(relay: ResponseRelay): void {
  relay.flush()
}

function translateHeaders(head: UpstreamResponseHead, exchange: Exchange): HeaderList {
  const flat: string[] = []
  const { headers } = head
  let nominated: string | undefined
  let rpcStatus: string | undefined
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string
    const value = headers[index + 1] as string
    if (!notPassed.has(name)) flat.push(name, value)
    else if (name === 'grpc-status') rpcStatus = value
    else if (name === 'connection') {
      nominated = nominated === undefined ? value : `${nominated},${value}`
    }
  }
  flat.push('x-envoy-upstream-service-time', String(Math.round(head.serviceTimeMs)))
  flat.push('server', exchange.ingress.listener.config.http.serverName)
  if (rpcStatus !== undefined) flat.push('grpc-status', rpcStatus)
  const list = new HeaderList(rpcStatus === undefined ? flat : [...maskRpcError(exchange, flat)])
  if (nominated !== undefined) removeNominated(list, nominated)
  return list
}

function removeNominated(headers: HeaderList, connection: string): void {
  const lower = connection.toLowerCase()
  if (lower === 'keep-alive' || lower === 'close') return
  for (const name of lower.split(',')) {
    // The length belongs to the message (RFC 9110 section 7.6.1).
    if (name.trim() !== 'content-length') headers.remove(name.trim())
  }
}
