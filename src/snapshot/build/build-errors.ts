import type { ConfigurationError } from '../../ir/configuration.ts'

/** What is wrong with the nodes of one build, each thing once. */
export class BuildErrors {
  readonly #errors = new Map<string, ConfigurationError>()

  /** Another build begins. */
  clear(): void {
    this.#errors.clear()
  }

  add(errors: readonly ConfigurationError[]): void {
    for (const error of errors) {
      const { kind, namespace, name, fieldPath } = error.origin
      this.#errors.set([kind, namespace, name, fieldPath, error.message].join('\n'), error)
    }
  }

  list(): readonly ConfigurationError[] {
    return [...this.#errors.values()]
  }
}
