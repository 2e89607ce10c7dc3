import type { Origin } from '../../../../ir/origin.ts'
import type { Cors } from '../../../../ir/policies/cors.ts'
import type { CorsPolicy } from '../../kinds/options/cors.ts'
import type { Failure, PolicyResult } from '../failure.ts'
import { idOf, placeOf } from '../place.ts'
import { findRegexError } from '../regular-expression.ts'
import { texts } from '../texts.ts'

function findCorsError(config: CorsPolicy): string | undefined {
  const patterns = config.allowOriginRegex ?? []
  if ((config.allowOrigin ?? []).length + patterns.length === 0) return texts.corsOrigins
  for (const pattern of patterns) {
    const error = findRegexError(pattern)
    if (error !== undefined) return `invalid regex '${pattern}' in allowOriginRegex: ${error}`
  }
  if (config.maxAge !== undefined && !/^\d*$/.test(config.maxAge)) {
    return `maxAge '${config.maxAge}' is not a number of seconds`
  }
  return undefined
}

const failureOf = (reason: string, origin: Origin): Failure => ({
  reason: `*cors.plugin: ${reason}`,
  advice: `cors (${placeOf(origin)}) is wrong: ${reason}. Correct it.`,
})

/** Translates the `cors` that stands at `origin`; `exposeHeaders` are added to its own. */
export function translateCors(
  config: CorsPolicy,
  origin: Origin,
  exposeHeaders: readonly string[],
): PolicyResult<Cors> {
  const error = findCorsError(config)
  if (error !== undefined) return { policy: undefined, failures: [failureOf(error, origin)] }
  const suffix = exposeHeaders.length > 0 ? `/+${exposeHeaders.join(',')}` : ''
  return {
    failures: [],
    policy: {
      type: 'cors',
      id: `cors/${idOf(origin)}${suffix}`,
      origin,
      allowOrigins: config.allowOrigin ?? [],
      allowOriginPatterns: config.allowOriginRegex ?? [],
      allowMethods: config.allowMethods ?? [],
      allowHeaders: config.allowHeaders ?? [],
      exposeHeaders: [...new Set([...(config.exposeHeaders ?? []), ...exposeHeaders])],
      maxAgeSeconds: config.maxAge ? Number(config.maxAge) : undefined,
      allowCredentials: config.allowCredentials ?? false,
      forwardsRefusedPreflights: true,
    },
  }
}
