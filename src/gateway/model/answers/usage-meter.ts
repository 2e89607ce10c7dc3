import { BodyPiece } from '../../../lib/http/body-piece.ts'
import { readJsonObject } from '../../../lib/json/read-json-object.ts'
import type { ModelCall, ModelOperation } from '../../../llm/model-call.ts'
import type { StreamPart } from '../../../llm/stream-part.ts'
import type { Usage } from '../../../llm/usage.ts'
import type { WireFormat } from '../../../llm/wire-format.ts'
import type { AnswerMeter } from '../model-exchange.ts'
import { type CountTokens, estimateUsage } from './estimate-usage.ts'
import { KeptBytes } from './kept-bytes.ts'
import { mergeUsage } from './merge-usage.ts'

/** What a meter is made of. */
export interface UsageMeterParts {
  readonly call: ModelCall
  readonly format: WireFormat
  /** Of a stream; undefined: the answer is JSON. */
  readonly streamType: string | undefined
  readonly countTokens: CountTokens
}

/** What an answer, or an event of it, says of itself. */
type UsageReport = Pick<StreamPart, 'usage' | 'model'>

/** Of an answer that does not report its usage, this much is kept to count it. */
const mostKeptBytes = 64 * 1024

/** Notes what an answer has used, and keeps the beginning of it in case that it never says. */
export class UsageMeter implements AnswerMeter {
  readonly #parts: UsageMeterParts
  #usage: Usage | undefined
  #isWhole = false
  #followed: UsageReport | undefined
  readonly #kept = new KeptBytes(mostKeptBytes)
  #bytes = 0

  constructor(parts: UsageMeterParts) {
    this.#parts = parts
  }

  /** Keeps nothing of `chunk` itself. */
  keep(chunk: Buffer): void {
    this.#bytes += chunk.length
    this.#kept.add(chunk)
  }

  /** What `report` says by the time that somebody asks for the usage counts. */
  follow(report: UsageReport): void {
    this.#followed = report
  }

  see({ usage, model }: UsageReport): void {
    if (model !== undefined) this.#parts.call.providerModel ??= model
    if (usage !== undefined && saysSomething(usage)) this.#usage = mergeUsage(this.#usage, usage)
  }

  /** The answer has come to its end. */
  end(): void {
    this.#isWhole = true
  }

  release(): void {
    this.#kept.release()
  }

  usage(): Usage | undefined {
    if (this.#followed !== undefined) this.see(this.#followed)
    const known = this.#usage
    if (known !== undefined && this.#isWhole) return known
    const counted = this.#estimate()
    if (known === undefined) return counted
    return counted === undefined ? known : { ...mergeUsage(known, counted), estimated: true }
  }

  #estimate(): Usage | undefined {
    const { call, countTokens } = this.#parts
    const share = this.#kept.length === 0 ? 0 : this.#bytes / this.#kept.length
    const texts = this.#texts()
    const tokens = texts.length === 0 ? 0 : (countTokens(texts) ?? 0)
    return estimateUsage(call, Math.ceil(tokens * share), countTokens)
  }

  #texts(): readonly string[] {
    const { call, format, streamType } = this.#parts
    if (answersWithoutTexts.has(call.operation)) return []
    if (streamType === undefined) return textsOf(format, this.#kept.bytes)
    const reader = format.createStreamReader(streamType, { hideUsage: false })
    const parts = reader?.push(BodyPiece.ofBytes(this.#kept.bytes)) ?? []
    return [parts.flatMap(({ deltas }) => deltas.map(({ text }) => text)).join('')]
  }
}

/** What these answer with are numbers, pictures, sounds, or texts that no model has written for the call. */
const answersWithoutTexts: ReadonlySet<ModelOperation> = new Set([
  'embedding',
  'moderation',
  'count-tokens',
  'platform',
])

function textsOf(format: WireFormat, bytes: Buffer): readonly string[] {
  const reading = readJsonObject(bytes)
  // Of an answer that was cut short, or kept only in part, nobody can tell text from frame: all of it counts.
  if ('problem' in reading) return [bytes.toString()]
  return format
    .readResponse(reading.json)
    .texts()
    .map(({ text }) => text)
}

/** Some servers report nothing but zeros. */
const saysSomething = ({ inputTokens, outputTokens, totalTokens }: Usage) =>
  inputTokens + outputTokens + totalTokens > 0
