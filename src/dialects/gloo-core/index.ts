import type { Dialect } from '../dialect.ts'
import { emptyConfiguration } from '../empty-configuration.ts'
import { addGlooErrors } from './status/add-errors.ts'

/** The kinds that Gloo's APIs share. */
export const glooCore: Dialect = {
  name: 'gloo-core',
  kinds: [],
  seeds: [],
  createTranslator: () => ({
    translate: () => ({ configuration: emptyConfiguration, statuses: [], secretIds: new Set() }),
  }),
  addErrors: addGlooErrors,
}
