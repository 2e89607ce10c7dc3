import type { Usage } from '../../../llm/usage.ts'
import type { UsageScan } from '../../../llm/usage-scan.ts'
import type { WireFormat } from '../../../llm/wire-format.ts'

/** Parsing a short answer takes 1 µs per KB, looking for reports in its bytes three times as long. */
const parsedBytes = 32 * 1024

const nothing = Buffer.alloc(0)

/** Finds the usage of a JSON answer: parses it when it has come whole and is short, and scans it otherwise. */
export class WholeScan implements UsageScan {
  readonly #format: WireFormat
  #chunks: Buffer[] = []
  #bytes = 0
  #scan: UsageScan | undefined
  #found: { readonly usage: Usage | undefined; readonly model: string | undefined } | undefined

  constructor(format: WireFormat) {
    this.#format = format
  }

  get usage(): Usage | undefined {
    return this.#scan?.usage ?? this.#found?.usage
  }

  get model(): string | undefined {
    return this.#scan?.model ?? this.#found?.model
  }

  /** `chunk` must not change afterwards. */
  push(chunk: Buffer): Buffer {
    if (this.#scan !== undefined) return this.#scan.push(chunk)
    this.#bytes += chunk.length
    this.#chunks.push(chunk)
    if (this.#bytes > parsedBytes) this.#beginScan()
    return chunk
  }

  end(): Buffer {
    if (this.#scan !== undefined) return this.#scan.end()
    const [first = nothing] = this.#chunks
    const body = this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks)
    this.#chunks = []
    const json = parse(body)
    if (json !== undefined) this.#found = this.#format.readResponse(json)
    return nothing
  }

  #beginScan(): void {
    this.#scan = this.#format.createUsageScan({ hideUsage: false })
    for (const chunk of this.#chunks.splice(0)) this.#scan.push(chunk)
  }
}

function parse(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString())
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
