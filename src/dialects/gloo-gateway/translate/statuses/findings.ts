import type { KubeObject, ObjectReference } from '../../../../kube/kube-object.ts'
import type { GlooReport } from '../../../gloo-core/status/report.ts'
import { displayName } from '../cached-kinds.ts'
import type { HiddenOption } from '../options/inherited-options.ts'

/** What rules find wrong with the options in force on them. */
export class Findings {
  /** What is said of routes themselves, by kind, namespace and name. */
  readonly #byRoute = new Map<string, Set<string>>()
  readonly #byObject = new Map<KubeObject, { errors: Set<string>; warnings: Set<string> }>()

  /** `objects` are those whose options hold on the rule; a text that names one of them is about that one. */
  add(objects: readonly KubeObject[], { errors, warnings }: GlooReport): void {
    const [first] = objects
    if (first === undefined) return
    const ownerOf = (text: string) => objects.find((object) => isNamed(object, text)) ?? first
    for (const text of errors) this.#entryOf(ownerOf(text)).errors.add(text)
    for (const text of warnings) this.#entryOf(ownerOf(text)).warnings.add(text)
  }

  /** Takes what is without effect. */
  addHidden(objects: readonly KubeObject[], hidden: readonly HiddenOption[]): void {
    for (const { owner, text } of hidden) {
      const object = objects.find((each) => displayName(each) === owner)
      if (object !== undefined) this.#entryOf(object).warnings.add(text)
    }
  }

  /** Takes what a rule without options tells, and why a rule answers with an error. */
  addRoute(route: ObjectReference, texts: readonly string[]): void {
    if (texts.length === 0) return
    const key = keyOf(route)
    const known = this.#byRoute.get(key) ?? new Set()
    this.#byRoute.set(key, known)
    for (const text of texts) known.add(text)
  }

  ofRoute(route: ObjectReference): readonly string[] {
    return [...(this.#byRoute.get(keyOf(route)) ?? [])]
  }

  of(object: KubeObject): GlooReport {
    const { errors = [], warnings = [] } = this.#byObject.get(object) ?? {}
    return { errors: [...errors], warnings: [...warnings] }
  }

  #entryOf(object: KubeObject) {
    const known = this.#byObject.get(object)
    if (known !== undefined) return known
    const entry = { errors: new Set<string>(), warnings: new Set<string>() }
    this.#byObject.set(object, entry)
    return entry
  }
}

const keyOf = ({ kind, namespace, name }: ObjectReference) => `${kind} ${namespace}/${name}`

const isNamed = ({ kind, metadata }: KubeObject, text: string) =>
  text.includes(`${kind} ${metadata.namespace ?? ''}/${metadata.name},`)
