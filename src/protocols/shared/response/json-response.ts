import { encodeJson } from '../../../lib/json/encode-json.ts'
import type { ModelResponse } from '../../../llm/model-response.ts'
import type { TextSlot } from '../../../llm/text-slot.ts'
import type { Usage } from '../../../llm/usage.ts'
import { TextCollector } from '../texts/text-collector.ts'
import { isErrorAnswer } from './is-error-answer.ts'

type Json = Record<string, unknown>

/** What tells the answers of one format from those of another. */
export interface ResponseForm {
  /** Collects every text; false: the answer is not of this format. Errors of any form are not its business. */
  collectTexts(json: Json, texts: TextCollector): boolean
  /** True: there were some. */
  dropRepetitions?(json: Json): boolean
  readUsage(json: Json): Usage | undefined
  readModel(json: Json): string | undefined
}

/** An answer of any format, read and changed by the rules of its form. */
export class JsonResponse implements ModelResponse {
  readonly json: Json
  readonly usage: Usage | undefined
  readonly model: string | undefined
  readonly #form: ResponseForm
  #changed = false

  constructor(json: Json, form: ResponseForm) {
    this.json = json
    this.#form = form
    this.usage = form.readUsage(json)
    this.model = form.readModel(json)
  }

  get known(): boolean {
    return this.#collect() !== undefined
  }

  get changed(): boolean {
    return this.#changed
  }

  texts(): readonly TextSlot[] {
    return this.#collect() ?? []
  }

  /** Of an error, whatever form it has, every string is a text. Undefined: the answer is neither of its format nor an error. */
  #collect(): readonly TextSlot[] | undefined {
    const texts = this.#createCollector()
    if (this.#form.collectTexts(this.json, texts)) return texts.slots
    if (!isErrorAnswer(this.json)) return undefined
    const errorTexts = this.#createCollector()
    errorTexts.addFreeForm(this.json, { channel: 'answer', role: undefined })
    return errorTexts.slots
  }

  #createCollector(): TextCollector {
    return new TextCollector(() => this.markChanged(), true)
  }

  dropRepetitions(): void {
    if (this.#form.dropRepetitions?.(this.json) === true) this.markChanged()
  }

  markChanged(): void {
    this.#changed = true
  }

  encode(): Buffer {
    return Buffer.from(encodeJson(this.json, { sortKeys: false }))
  }
}
