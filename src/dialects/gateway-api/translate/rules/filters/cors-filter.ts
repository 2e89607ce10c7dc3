import type { Cors } from '../../../../../ir/policies/cors.ts'
import type { RouteFilter } from '../../../kinds/fields/filters.ts'
import { idOf, originOf, type RulePlace } from '../rule-draft.ts'

const defaultMaxAgeSeconds = 5

const escapeRegex = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Where a wildcard stands, any number of labels may. */
const patternOf = (origin: string) => origin.split('*').map(escapeRegex).join('[0-9A-Za-z.-]+')

/** The CORS filter of a rule. */
export function translateCors(config: NonNullable<RouteFilter['cors']>, place: RulePlace): Cors {
  const origins = config.allowOrigins ?? []
  const isPattern = (origin: string) => origin !== '*' && origin.includes('*')
  return {
    type: 'cors',
    id: `cors/${idOf(place)}`,
    origin: originOf(place),
    allowOrigins: origins.filter((origin) => !isPattern(origin)),
    allowOriginPatterns: origins.filter(isPattern).map(patternOf),
    allowMethods: config.allowMethods ?? [],
    allowHeaders: config.allowHeaders ?? [],
    exposeHeaders: config.exposeHeaders ?? [],
    maxAgeSeconds: config.maxAge ?? defaultMaxAgeSeconds,
    allowCredentials: config.allowCredentials ?? false,
    forwardsRefusedPreflights: false,
  }
}
