import { Readable } from 'node:stream'
import { type GatewayError, gatewayError } from '../../errors/gateway-error.ts'
import type { ClientRequest } from '../request-handler.ts'
import type { UpstreamBody } from '../upstream/upstream-client.ts'
import type { ReplayBudget } from './replay-budget.ts'

/** Hears how the reading of a body goes. */
export interface BodyListener {
  /** An upstream can be given the body, whole or as it comes. */
  bodyReady(): void
  /** Bytes of the body have come. */
  bodyActive(): void
  /** The last byte has come. */
  bodyEnded(): void
  bodyFailed(error: GatewayError): void
}

/** A body of at most this length is sent in one write when it came in one piece. */
const smallBodyBytes = 64 * 1024

/** The body of a request on its way to one or more upstreams. */
export class RequestBody {
  readonly #request: ClientRequest
  /** -1: unknown. */
  readonly #length: number
  readonly #budget: ReplayBudget
  #listener: BodyListener | undefined
  #kept: Buffer[] = []
  #keptBytes = 0
  #keepLimit = 0
  /** What of the kept bytes was taken from the budget. */
  #charged = 0
  #wholeLimit = -1
  #streaming = false
  #ready = false
  #reader: Readable | undefined
  #whole: Buffer | undefined
  /** Bytes that came from the client. */
  bytes = 0
  ended = false
  /** True: a policy has put other bytes in the place of the client's. */
  replaced = false

  constructor(request: ClientRequest, length: number, budget: ReplayBudget) {
    this.#request = request
    this.#length = length
    this.#budget = budget
    if (length === 0) this.ended = true
  }

  /** The whole body, once it is there and was asked for or small. */
  get whole(): Buffer | undefined {
    return this.#whole
  }

  /** Sends other bytes than the client sent. */
  replace(body: Buffer): void {
    this.#whole = body
    this.replaced = true
  }

  /** Reads everything before {@link BodyListener.bodyReady}; more than `limitBytes` is an error. */
  readWhole(limitBytes: number, listener: BodyListener): void {
    this.#wholeLimit = limitBytes
    if (this.ended) listener.bodyReady()
    else if (this.#length > limitBytes) listener.bodyFailed(tooLarge(limitBytes))
    else this.#begin(listener)
  }

  /** Reads as upstreams take it, keeping up to `keepBytes` so that it can be sent again. */
  readForUpstream(keepBytes: number, listener: BodyListener): void {
    this.#keepLimit = keepBytes
    if (this.ended) {
      listener.bodyReady()
      listener.bodyEnded()
      return
    }
    this.#begin(listener)
    if (this.#length < 0 || this.#length > smallBodyBytes) {
      this.#streaming = true
      this.#makeReady()
    }
  }

  /** True: what is still to come is so short that reading it is cheaper than a new connection. */
  get shortRest(): boolean {
    return this.ended || (this.#length > 0 && this.#length <= smallBodyBytes)
  }

  /** True: {@link take} gives the same bytes once more. */
  get replayable(): boolean {
    return !this.#streaming || this.#keptBytes === this.bytes
  }

  /** True: {@link copy} gives the whole body; it has ended and was kept. */
  get copyable(): boolean {
    return this.ended && (this.#whole !== undefined || this.replayable)
  }

  /** The whole body once more, beside the tries. */
  copy(): Buffer | undefined {
    return this.#streaming ? Buffer.concat(this.#kept) : this.#whole
  }

  /** The body for one try. */
  take(): UpstreamBody {
    if (!this.#streaming) return this.#whole
    this.drop()
    const reader = new Readable({
      read: () => {
        this.#request.resume()
      },
      destroy: (error, callback) => {
        if (this.#reader === reader) this.#reader = undefined
        callback(error)
      },
    })
    for (const chunk of this.#kept) reader.push(chunk)
    if (this.ended) reader.push(null)
    this.#reader = reader
    return reader
  }

  /** The try that reads the body is over. */
  drop(): void {
    const reader = this.#reader
    this.#reader = undefined
    // What came while nobody reads could be neither sent nor, above the limit, kept.
    if (reader !== undefined && !this.ended) this.#request.pause()
    reader?.on('error', () => undefined).destroy()
  }

  /** Nobody wants the rest. It is read and thrown away so that the connection stays usable. */
  discard(): void {
    this.drop()
    this.#listener = undefined
    this.#streaming = true
    this.release()
    if (!this.ended) this.#request.resume()
  }

  /** Nothing is sent again: what was kept of a body that is passed on as it comes is let go. */
  release(): void {
    this.#budget.giveBack(this.#charged)
    this.#charged = 0
    this.#keepLimit = 0
    if (!this.#streaming) return
    this.#kept = []
    this.#keptBytes = -1
  }

  #begin(listener: BodyListener): void {
    this.#listener = listener
    this.#request.on('data', (chunk: Buffer) => this.#onData(chunk))
    if (this.#length < 0 || this.#length > smallBodyBytes || this.#wholeLimit >= 0) {
      this.#request.on('end', () => this.#onEnd())
    }
  }

  #onData(chunk: Buffer): void {
    this.bytes += chunk.length
    this.#listener?.bodyActive()
    if (this.#streaming) {
      this.#stream(chunk)
      return
    }
    this.#kept.push(chunk)
    this.#keptBytes += chunk.length
    if (this.#wholeLimit >= 0) {
      if (this.bytes > this.#wholeLimit) this.#fail(tooLarge(this.#wholeLimit))
      else if (!this.#mayHold(chunk.length)) this.#fail(tooManyBodies())
      else if (this.bytes === this.#length) this.#onEnd()
    } else if (this.bytes === this.#length) {
      this.#onEnd()
    } else {
      // It comes in pieces: the upstream gets them as they come.
      this.#streaming = true
      this.#request.on('end', () => this.#onEnd())
      this.#makeReady()
    }
  }

  /** Short bodies are many and are let through; long ones share the budget of the thread. */
  #mayHold(bytes: number): boolean {
    if (this.#keptBytes <= smallBodyBytes) return true
    if (!this.#budget.take(bytes)) return false
    this.#charged += bytes
    return true
  }

  #stream(chunk: Buffer): void {
    const fits = this.#keepLimit > 0 && this.#keptBytes + chunk.length <= this.#keepLimit
    if (fits && this.#budget.take(chunk.length)) {
      this.#charged += chunk.length
      this.#kept.push(chunk)
      this.#keptBytes += chunk.length
    } else {
      this.release()
    }
    const more = this.#reader?.push(chunk) ?? this.#listener === undefined
    if (!more) this.#request.pause()
  }

  #onEnd(): void {
    if (this.ended) return
    this.ended = true
    if (this.#streaming) {
      this.#reader?.push(null)
    } else {
      this.#whole = this.#kept.length === 1 ? this.#kept[0] : Buffer.concat(this.#kept)
      this.#makeReady()
    }
    this.#listener?.bodyEnded()
  }

  #makeReady(): void {
    if (this.#ready) return
    this.#ready = true
    this.#listener?.bodyReady()
  }

  #fail(error: GatewayError): void {
    const listener = this.#listener
    this.discard()
    listener?.bodyFailed(error)
  }
}

function tooManyBodies(): GatewayError {
  return gatewayError('overloaded', 'the gateway holds too many request bodies; try again later', {
    retryAfterMs: 1000,
  })
}

function tooLarge(limitBytes: number): GatewayError {
  return gatewayError(
    'body-too-large',
    `Payload Too Large: the request body is larger than ${limitBytes} bytes, which is the limit where the route reads it`,
  )
}
