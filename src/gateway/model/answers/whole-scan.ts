import { BodyPiece, emptyPiece } from '../../../lib/http/body-piece.ts'
import { isRecord } from '../../../lib/json/is-record.ts'
import type { Usage } from '../../../llm/usage.ts'
import type { UsageScan } from '../../../llm/usage-scan.ts'
import type { WireFormat } from '../../../llm/wire-format.ts'

/** Parsing a short answer takes 1 µs per KB, looking for reports in its bytes three times as long. */
const parsedBytes = 32 * 1024

/** Finds the usage of a JSON answer: parses it when it has come whole and is short, and scans it otherwise. */
export class WholeScan implements UsageScan {
  readonly #format: WireFormat
  /** -1: unknown. */
  readonly #length: number
  #chunks: Buffer[] = []
  #bytes = 0
  #scan: UsageScan | undefined
  #found: { readonly usage: Usage | undefined; readonly model: string | undefined } | undefined

  /** `length`: what the answer says of itself, in bytes. */
  constructor(format: WireFormat, length: string | undefined) {
    this.#format = format
    this.#length = length === undefined ? -1 : Number(length)
  }

  get isWhole(): boolean {
    return this.#found !== undefined
  }

  get usage(): Usage | undefined {
    return this.#scan?.usage ?? this.#found?.usage
  }

  get model(): string | undefined {
    return this.#scan?.model ?? this.#found?.model
  }

  push(piece: BodyPiece): BodyPiece {
    if (this.#scan !== undefined) return this.#scan.push(piece)
    if (piece.length === this.#length) {
      this.#read(piece.bytes)
      return piece
    }
    this.#bytes += piece.length
    // The bytes are the caller's again when this returns.
    this.#chunks.push(Buffer.from(piece.bytes))
    if (this.#bytes > parsedBytes) this.#beginScan()
    return piece
  }

  end(): BodyPiece {
    if (this.#scan !== undefined) return this.#scan.end()
    if (this.#found === undefined) this.#read(Buffer.concat(this.#chunks))
    this.#chunks = []
    return emptyPiece
  }

  #read(body: Buffer): void {
    const json = parse(body)
    if (json !== undefined) this.#found = this.#format.readResponse(json)
  }

  #beginScan(): void {
    this.#scan = this.#format.createUsageScan({ hideUsage: false })
    for (const chunk of this.#chunks.splice(0)) this.#scan.push(BodyPiece.ofBytes(chunk))
  }
}

function parse(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString())
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
