import type { Origin } from '../../../../ir/origin.ts'
import type { RateLimit, RateLimitRules } from '../../../../ir/policies/rate-limit.ts'
import type { BasicLimits, ConfigRefs, InlineLimits } from '../../kinds/options/rate-limits.ts'
import type { RouteOptions } from '../../kinds/options/route-options.ts'
import type { RateLimitConfigSpec } from '../../kinds/rate-limit/limit-spec.ts'
import { rateLimitConfigKind } from '../../kinds/rate-limit/rate-limit-config.ts'
import { displayReference, resolveReference } from '../../reference.ts'
import { countingAnnotations, vendorCounting } from '../../translate/rate-limit/counting.ts'
import { translateLimit } from '../../translate/rate-limit/descriptors.ts'
import type { LimitedRoute } from '../../translate/rate-limit/lookups.ts'
import {
  translateRateLimitConfig,
  translateRateLimits,
} from '../../translate/rate-limit/rate-limit-config.ts'
import type { Failure, PolicyResult } from '../failure.ts'
import { type OptionSet, originOfOption } from '../option-set.ts'
import { idOf, placeOf } from '../place.ts'
import type { Scope } from '../source.ts'
import { texts } from '../texts.ts'
import { rateLimitSettingsOf } from './rate-limit-settings.ts'

/** The fields of options that limit requests. */
export type LimitOptions = Pick<
  RouteOptions,
  | 'ratelimitBasic'
  | 'ratelimit'
  | 'rateLimitConfigs'
  | 'ratelimitEarly'
  | 'rateLimitEarlyConfigs'
  | 'ratelimitRegular'
  | 'rateLimitRegularConfigs'
>

/** The options of one level and where they stand. */
export interface LimitLevel {
  readonly options: OptionSet<LimitOptions>
  readonly fallback: Origin
}

/** Fields of which the most specific level that sets one decides. */
const groups = [
  { fields: ['ratelimit', 'rateLimitConfigs'], stage: undefined },
  { fields: ['ratelimitEarly', 'rateLimitEarlyConfigs'], stage: 'early' },
  { fields: ['ratelimitRegular', 'rateLimitRegularConfigs'], stage: 'regular' },
  { fields: ['ratelimitBasic'], stage: undefined },
] as const

type Group = (typeof groups)[number]

interface Rules {
  readonly rules: readonly RateLimitRules[]
  readonly errors: readonly string[]
  readonly routeSpecific: boolean
}

/** A route as its limits see it. */
export interface RouteOfLimits extends LimitedRoute {
  readonly id: string
}

/** Translates the limits that `level` sets, for a route. */
export function translateLimits(
  scope: Scope,
  level: LimitLevel,
  route: RouteOfLimits,
): readonly PolicyResult<RateLimit>[] {
  return groups.flatMap((group) => translateGroup(scope, level, group, route))
}

/** Translates the limits of a virtual host that hold on a route whose own are `own`. */
export function translateInheritedLimits(
  scope: Scope,
  levels: { readonly own: LimitLevel; readonly virtualHost: LimitLevel },
  route: RouteOfLimits,
): readonly PolicyResult<RateLimit>[] {
  const { values } = levels.own.options
  return groups
    .filter(({ fields }) =>
      fields.every((field) => {
        const own = values[field]
        return own === undefined || ('includeVhRateLimits' in own && own.includeVhRateLimits)
      }),
    )
    .flatMap((group) => translateGroup(scope, levels.virtualHost, group, route))
}

function translateGroup(
  scope: Scope,
  { options, fallback }: LimitLevel,
  group: Group,
  route: RouteOfLimits,
): readonly PolicyResult<RateLimit>[] {
  const fields: readonly (keyof LimitOptions)[] = group.fields
  return fields.flatMap((field): readonly PolicyResult<RateLimit>[] => {
    const value = options.values[field]
    if (value === undefined) return []
    const origin = originOfOption(options, field, fallback)
    const found = rulesOf(scope, value, origin, route)
    const failures = found.errors.map((error) => failureOf(error, origin))
    if (failures.length > 0) return [{ policy: undefined, failures }]
    if (found.rules.length === 0) return []
    const suffix = found.routeSpecific ? `/for ${route.id}` : ''
    const id = `rate-limit/${idOf(origin)}${suffix}`
    return [{ policy: policyOf(scope, group, { id, origin, rules: found.rules }), failures: [] }]
  })
}

const failureOf = (reason: string, origin: Origin): Failure => ({
  reason: `*ratelimit.plugin: ${reason}`,
  advice: `limits (${placeOf(origin)}) cannot be enforced, and nothing is served without them: ${reason}. Correct it.`,
})

const noRules: Rules = { rules: [], errors: [], routeSpecific: false }

function rulesOf(
  scope: Scope,
  value: BasicLimits | InlineLimits | ConfigRefs,
  origin: Origin,
  route: LimitedRoute,
): Rules {
  if ('refs' in value) return rulesOfConfigs(scope, value, origin, route)
  if ('rateLimits' in value) return rulesOfInline(scope, value, origin, route)
  return 'anonymousLimits' in value ? rulesOfBasic(value, origin) : noRules
}

function rulesOfConfigs(
  scope: Scope,
  { refs = [] }: ConfigRefs,
  origin: Origin,
  route: LimitedRoute,
): Rules {
  const rules: RateLimitRules[] = []
  const errors: string[] = []
  let routeSpecific = false
  for (const value of refs) {
    const reference = resolveReference(value, origin.namespace)
    const spec = reference && readConfig(scope, reference)
    if (reference === undefined || spec === undefined) {
      errors.push(
        texts.rateLimitConfigMissing(reference ? displayReference(reference) : 'without name'),
      )
      continue
    }
    const annotations = readAnnotations(scope, reference)
    const translated = translateRateLimitConfig({ spec, annotations }, reference, route)
    const [error] = translated.errors
    routeSpecific ||= translated.routeSpecific
    if (error === undefined) rules.push(translated.rules)
    else errors.push(texts.rateLimitConfigRejected(displayReference(reference), error))
  }
  return { rules, errors, routeSpecific }
}

const readConfig = (
  scope: Scope,
  { namespace, name }: { readonly namespace: string; readonly name: string },
) =>
  scope.read(`RateLimitConfig ${namespace}/${name}`, ({ objects, specs }) => {
    const object = objects.get(rateLimitConfigKind, namespace, name)
    return object && specs.get<RateLimitConfigSpec>(object)
  })

const readAnnotations = (
  scope: Scope,
  { namespace, name }: { readonly namespace: string; readonly name: string },
) =>
  scope.read(`RateLimitConfig annotations ${namespace}/${name}`, ({ objects }) => {
    const object = objects.get(rateLimitConfigKind, namespace, name)
    return object === undefined ? [] : countingAnnotations(object)
  })

/** The actions of the options, held against the limits of the settings, which all such options share. */
function rulesOfInline(
  scope: Scope,
  { rateLimits = [] }: InlineLimits,
  origin: Origin,
  route: LimitedRoute,
): Rules {
  const { descriptors = [], setDescriptors = [] } = rateLimitSettingsOf(scope).ratelimit ?? {}
  const raw = { descriptors, setDescriptors, rateLimits }
  const input = { origin, counterScope: 'settings', route, counting: vendorCounting }
  const { rules, ...rest } = translateRateLimits(raw, input)
  return { rules: [rules], ...rest }
}

/** One counter for each client address. */
function rulesOfBasic({ anonymousLimits }: BasicLimits, origin: Origin): Rules {
  const errors: string[] = []
  const limit = translateLimit(anonymousLimits, 'anonymousLimits', errors)
  const key = 'remote_address'
  const node = { key, value: undefined, limit, weight: 0, alwaysApply: false, children: [] }
  const path = [{ type: 'client-address', key }] as const
  return {
    errors,
    routeSpecific: false,
    rules: [
      {
        origin,
        counterScope: `basic ${idOf(origin)}`,
        tree: [node],
        sets: [],
        lookups: [{ path, set: undefined, override: undefined }],
        counting: vendorCounting,
      },
    ],
  }
}

function policyOf(
  scope: Scope,
  group: Group,
  parts: Pick<RateLimit, 'id' | 'origin' | 'rules'>,
): RateLimit {
  const server = rateLimitSettingsOf(scope).ratelimitServer ?? {}
  const stage = group.stage ?? (server.rateLimitBeforeAuth ? 'early' : 'regular')
  return {
    type: 'rate-limit',
    ...parts,
    stage,
    denyOnFailure: server.denyOnFail ?? false,
    responseHeaders: server.enableXRatelimitHeaders ?? false,
  }
}
