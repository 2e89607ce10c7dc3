import type { Translation } from '../../dialects/dialect.ts'
import { emptyConfiguration } from '../../dialects/empty-configuration.ts'
import type { Configuration } from '../../ir/configuration.ts'

/** Puts the dialects' nodes together. Ids carry their dialect's name, so they never meet. */
export function mergeTranslations(translations: readonly Translation[]): Configuration {
  const [first, ...others] = translations.map((translation) => translation.configuration)
  if (first === undefined) return emptyConfiguration
  if (others.length === 0) return first
  const all = [first, ...others]
  return {
    listeners: new Map(all.flatMap((part) => [...part.listeners])),
    virtualHosts: new Map(all.flatMap((part) => [...part.virtualHosts])),
    routes: new Map(all.flatMap((part) => [...part.routes])),
    backends: new Map(all.flatMap((part) => [...part.backends])),
    policies: new Map(all.flatMap((part) => [...part.policies])),
  }
}
