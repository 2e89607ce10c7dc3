import type { ModelCall } from '../../../llm/model-call.ts'
import type { StreamPart } from '../../../llm/stream-part.ts'
import type { Usage } from '../../../llm/usage.ts'
import type { WireFormat } from '../../../llm/wire-format.ts'
import type { AnswerMeter } from '../model-exchange.ts'
import { type CountTokens, estimateUsage } from './estimate-usage.ts'
import { mergeUsage } from './merge-usage.ts'

/** What a meter is made of. */
export interface UsageMeterParts {
  readonly call: ModelCall
  readonly format: WireFormat
  /** Of a stream; undefined: the answer is JSON. */
  readonly streamType: string | undefined
  readonly countTokens: CountTokens
}

/** Of an answer that does not report its usage, this much is kept to count it. */
const keptBytes = 64 * 1024

/** Notes what an answer has used, and keeps the beginning of it in case that it never says. */
export class UsageMeter implements AnswerMeter {
  readonly #parts: UsageMeterParts
  #usage: Usage | undefined
  #isWhole = false
  #kept: Buffer[] = []
  #keptBytes = 0
  #bytes = 0

  constructor(parts: UsageMeterParts) {
    this.#parts = parts
  }

  /** `chunk` must not change afterwards. */
  keep(chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#keptBytes >= keptBytes) return
    this.#kept.push(chunk)
    this.#keptBytes += chunk.length
  }

  see({ usage, model }: Pick<StreamPart, 'usage' | 'model'>): void {
    if (model !== undefined) this.#parts.call.providerModel ??= model
    if (usage !== undefined) this.#usage = mergeUsage(this.#usage, usage)
  }

  /** The answer has come to its end. */
  end(): void {
    this.#isWhole = true
  }

  usage(): Usage | undefined {
    const known = this.#usage
    if (known !== undefined && this.#isWhole) return known
    const counted = this.#estimate()
    if (known === undefined) return counted
    return counted === undefined ? known : { ...mergeUsage(known, counted), estimated: true }
  }

  #estimate(): Usage | undefined {
    const { call, countTokens } = this.#parts
    const share = this.#keptBytes === 0 ? 0 : this.#bytes / this.#keptBytes
    const tokens = countTokens(this.#texts()) ?? 0
    return estimateUsage(call, Math.ceil(tokens * share), countTokens)
  }

  #texts(): readonly string[] {
    const { format, streamType } = this.#parts
    if (streamType === undefined) return textsOf(format, this.#kept)
    const reader = format.createStreamReader(streamType, { hideUsage: false })
    const parts = this.#kept.flatMap((chunk) => reader?.push(chunk) ?? [])
    return [parts.flatMap(({ deltas }) => deltas.map(({ text }) => text)).join('')]
  }
}

function textsOf(format: WireFormat, chunks: readonly Buffer[]): readonly string[] {
  try {
    const json: unknown = JSON.parse(Buffer.concat(chunks).toString())
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
    if (!isObject) return []
    const response = format.readResponse(json as Record<string, unknown>)
    return response.texts().map(({ text }) => text)
  } catch {
    // An answer that was cut short: what it says cannot be told.
    return []
  }
}
