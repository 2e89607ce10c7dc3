import type { KindDefinition } from '../kind-definition.ts'
import { groupOf } from '../object-key.ts'
import type { KindRegistry, ServedKind } from './kind-registry.ts'

/** The registry: built-in kinds, and custom ones by the name of their CustomResourceDefinition. */
export class KindTable implements KindRegistry {
  readonly #builtIn: readonly KindDefinition[]
  readonly #custom = new Map<string, KindDefinition>()
  readonly #listeners = new Set<() => void>()
  readonly #byPlural = new Map<string, ServedKind>()
  readonly #byKind = new Map<string, ServedKind>()
  readonly #definitions = new Map<string, KindDefinition>()

  constructor(builtIn: readonly KindDefinition[]) {
    this.#builtIn = builtIn
    this.#index()
  }

  list(): readonly KindDefinition[] {
    return [...this.#builtIn, ...this.#custom.values()]
  }

  find(group: string, version: string, plural: string): ServedKind | undefined {
    return this.#byPlural.get(`${group}/${version}/${plural}`)
  }

  findByApiVersion(apiVersion: string, kind: string): ServedKind | undefined {
    const version = apiVersion.slice(apiVersion.indexOf('/') + 1)
    return this.#byKind.get(`${groupOf(apiVersion)}/${version}/${kind}`)
  }

  findByKind(group: string, kind: string): KindDefinition | undefined {
    return this.#definitions.get(`${group}/${kind}`)
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  isCustom(definition: KindDefinition): boolean {
    return !this.#builtIn.includes(definition)
  }

  isBuiltIn(group: string, plural: string): boolean {
    return this.#builtIn.some((kind) => kind.group === group && kind.plural === plural)
  }

  /** Registers, replaces or (with undefined) removes the kind of a CustomResourceDefinition. */
  setCustom(name: string, definition: KindDefinition | undefined): void {
    if (definition === undefined) {
      if (!this.#custom.delete(name)) return
    } else {
      this.#custom.set(name, definition)
    }
    this.#index()
    for (const listener of this.#listeners) listener()
  }

  #index(): void {
    for (const map of [this.#byPlural, this.#byKind, this.#definitions]) map.clear()
    for (const definition of this.list()) {
      this.#definitions.set(`${definition.group}/${definition.kind}`, definition)
      for (const version of definition.versions) {
        if (!version.served) continue
        const prefix = `${definition.group}/${version.name}`
        this.#byPlural.set(`${prefix}/${definition.plural}`, { definition, version })
        this.#byKind.set(`${prefix}/${definition.kind}`, { definition, version })
      }
    }
  }
}
