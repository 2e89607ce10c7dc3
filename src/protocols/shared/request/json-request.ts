import { encodeJson } from '../../../lib/json/encode-json.ts'
import type { AddedMessage, ModelRequest } from '../../../llm/model-request.ts'
import type { TextSlot } from '../../../llm/text-slot.ts'
import { asString } from '../json-value.ts'
import { TextCollector } from '../texts/text-collector.ts'
import { type TokenLimit, withLimitIn } from './token-limit.ts'

type Json = Record<string, unknown>

/** What tells the requests of one format from those of another. */
export interface RequestForm {
  collectTexts(json: Json, texts: TextCollector): void
  /** Left out: the format has no place for messages. */
  addMessages?(
    json: Json,
    prepend: readonly AddedMessage[],
    append: readonly AddedMessage[],
  ): boolean
  /** Left out: the path decides. */
  setStreaming?(json: Json, streaming: boolean): StreamingChange
  /** False: the path decides. */
  readonly hasModel: boolean
  readonly outputLimit: TokenLimit
  choiceCount(json: Json): number
  /** Left out: one always holds. */
  unlimitedOutput?(json: Json): string | undefined
  /** Left out: the format has no place for tokens. */
  tokenNumbers?(json: Json): number
}

/** What asking for a stream, or for none, has meant. */
export interface StreamingChange {
  readonly changed: boolean
  /** The stream will report usage that the client has not asked for. */
  readonly addsUsage: boolean
}

/** A request of any format, read and changed by the rules of its form. */
export class JsonRequest implements ModelRequest {
  readonly json: Json
  readonly #form: RequestForm
  #changed = false

  constructor(json: Json, form: RequestForm) {
    this.json = json
    this.#form = form
  }

  get model(): string | undefined {
    return this.#form.hasModel ? asString(this.json['model']) : undefined
  }

  get streaming(): boolean {
    return this.#form.setStreaming !== undefined && this.json['stream'] === true
  }

  get changed(): boolean {
    return this.#changed
  }

  texts(): readonly TextSlot[] {
    const texts = new TextCollector(() => this.markChanged(), true, true)
    this.#form.collectTexts(this.json, texts)
    return texts.slots
  }

  messages(): readonly { readonly role: string; readonly content: string }[] {
    return this.texts().flatMap(({ role, text }) =>
      role === undefined ? [] : [{ role, content: text }],
    )
  }

  addMessages(prepend: readonly AddedMessage[], append: readonly AddedMessage[]): boolean {
    const added = this.#form.addMessages?.(this.json, prepend.map(lowerCase), append.map(lowerCase))
    if (added === true) this.markChanged()
    return added === true
  }

  setStreaming(streaming: boolean): boolean {
    const change = this.#form.setStreaming?.(this.json, streaming)
    if (change?.changed === true) this.markChanged()
    return change?.addsUsage === true
  }

  setModel(model: string): void {
    if (this.#form.hasModel) this.json['model'] = model
  }

  maxOutputTokens(): number | undefined {
    return this.#form.outputLimit.get(this.json)
  }

  setMaxOutputTokens(tokens: number): void {
    if (this.#form.outputLimit.set(this.json, tokens)) this.markChanged()
  }

  unlimitedOutput(): string | undefined {
    return this.#form.unlimitedOutput?.(this.json)
  }

  choiceCount(): number {
    return Math.max(1, this.#form.choiceCount(this.json))
  }

  tokenNumbers(): number {
    return this.#form.tokenNumbers?.(this.json) ?? 0
  }

  markChanged(): void {
    this.#changed = true
  }

  encode(limitField?: string): Buffer {
    const json = limitField === undefined ? this.json : withLimitIn(this.json, limitField)
    return Buffer.from(encodeJson(json, { sortKeys: true }))
  }
}

/** Manifests often write roles in upper case, which no provider takes. */
const lowerCase = ({ role, content }: AddedMessage) => ({ role: role.toLowerCase(), content })
