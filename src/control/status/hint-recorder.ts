import type { ObjectHint, Translation } from '../../dialects/dialect.ts'
import type { ObjectSource } from '../../kube/object-source.ts'

/** Tells hints as Events about their objects: once for every state of an object, and again when they come back. */
export class HintRecorder {
  readonly #source: Pick<ObjectSource, 'get' | 'recordEvent'>
  #told: ReadonlySet<string> = new Set()

  constructor(source: Pick<ObjectSource, 'get' | 'recordEvent'>) {
    this.#source = source
  }

  record(translations: readonly Translation[]): void {
    const told = new Set<string>()
    for (const hint of translations.flatMap(({ hints = [] }) => hints)) {
      const key = this.#keyOf(hint)
      if (!this.#told.has(key) && !told.has(key)) this.#tell(hint)
      told.add(key)
    }
    this.#told = told
  }

  #tell({ object, reason, message }: ObjectHint): void {
    const event = { type: 'Warning', reason, message, reportingComponent: 'sluice' } as const
    this.#source.recordEvent(object, event)
  }

  #keyOf({ object, reason, message }: ObjectHint): string {
    const { uid, generation } = this.#source.get(object)?.metadata ?? {}
    return JSON.stringify([object, uid, generation, reason, message])
  }
}
