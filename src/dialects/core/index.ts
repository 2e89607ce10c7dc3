import type { Dialect, Translation, Translator } from '../dialect.ts'
import { emptyConfiguration } from '../empty-configuration.ts'

const nothing: Translation = {
  configuration: emptyConfiguration,
  statuses: [],
  secretIds: new Set(),
}

/** The kinds of Kubernetes itself. They mean nothing to the gateway until another dialect refers to them. */
export const core: Dialect = {
  name: 'core',
  kinds: [],
  seeds: [],
  createTranslator: (): Translator => ({ translate: () => nothing }),
  addErrors: (status) => status,
}
