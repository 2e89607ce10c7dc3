import { encodeJson } from '../../../lib/json/encode-json.ts'
import type { ModelResponse } from '../../../llm/model-response.ts'
import type { TextSlot } from '../../../llm/text-slot.ts'
import type { Usage } from '../../../llm/usage.ts'
import { TextCollector } from '../texts/text-collector.ts'

type Json = Record<string, unknown>

/** What tells the answers of one format from those of another. */
export interface ResponseForm {
  /** Collects every text; false: the answer is not of this format. */
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
    return this.#form.collectTexts(this.json, new TextCollector(() => {}, true))
  }

  get changed(): boolean {
    return this.#changed
  }

  texts(): readonly TextSlot[] {
    const texts = new TextCollector(() => this.markChanged(), true)
    this.#form.collectTexts(this.json, texts)
    return texts.slots
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
