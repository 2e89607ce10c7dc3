import { createRequire } from 'node:module'
import type { EventStreamCodec, HeaderMarshaller } from '@smithy/eventstream-codec'
import { BodyPiece } from '../../../lib/http/body-piece.ts'
import type { Frame } from '../../shared/frame.ts'

type Headers = ReturnType<HeaderMarshaller['parse']>

/** What a message of an AWS event stream says. */
export interface EventContent {
  readonly kind: 'event' | 'exception' | 'error'
  /** Of the event or exception; the code of an error. */
  readonly name: string
  readonly body: string
}

/** One message of an AWS event stream, or bytes that are none. */
export class EventMessage implements Frame {
  readonly bytes: Buffer
  #headers: Headers | undefined

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get piece(): BodyPiece {
    return BodyPiece.ofBytes(this.bytes)
  }

  /** Undefined: the bytes are no message, or not the one that was sent. */
  read(): EventContent | undefined {
    try {
      const { headers, body } = codec().decode(this.bytes)
      this.#headers = headers
      const kind = textOf(headers[':message-type'])
      if (kind !== 'event' && kind !== 'exception' && kind !== 'error') return undefined
      const name = headers[nameHeaders[kind]]
      return { kind, name: textOf(name), body: Buffer.from(body).toString('utf8') }
    } catch {
      return undefined
    }
  }

  /** Only messages that were read are encoded anew. */
  encode(json: string): Buffer {
    return encodeMessage(this.#headers ?? {}, json)
  }

  create(json: string, name: string | undefined): Buffer {
    return createMessage(name ?? '', json)
  }
}

const nameHeaders = {
  event: ':event-type',
  exception: ':exception-type',
  error: ':error-code',
} as const

/** An event of this name. */
export function createMessage(name: string, json: string): Buffer {
  const header = (value: string) => ({ type: 'string' as const, value })
  const headers: Headers = {
    ':event-type': header(name),
    ':content-type': header('application/json'),
    ':message-type': header('event'),
  }
  return encodeMessage(headers, json)
}

function encodeMessage(headers: Headers, json: string): Buffer {
  return Buffer.from(codec().encode({ headers, body: Buffer.from(json) }))
}

function textOf(header: Headers[string] | undefined): string {
  return header?.type === 'string' ? header.value : ''
}

const load = createRequire(import.meta.url)
let loaded: EventStreamCodec | undefined

/** Loading the codec takes 20 ms, so only those who read such a stream do. */
function codec(): EventStreamCodec {
  if (loaded === undefined) {
    const module = load('@smithy/eventstream-codec') as typeof import('@smithy/eventstream-codec')
    const toText = (bytes: Uint8Array | string) => Buffer.from(bytes as Uint8Array).toString('utf8')
    loaded = new module.EventStreamCodec(toText, (text) => Buffer.from(text))
  }
  return loaded
}
