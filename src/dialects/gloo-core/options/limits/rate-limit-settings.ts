import type { RawRateLimits } from '../../kinds/rate-limit/limit-spec.ts'
import { controllerNamespace } from '../../status/report.ts'
import type { Scope } from '../source.ts'

/** What settings say of limits. */
export interface RateLimitSettings {
  readonly ratelimit?: Pick<RawRateLimits, 'descriptors' | 'setDescriptors'>
  readonly ratelimitServer?: {
    readonly denyOnFail?: boolean
    readonly enableXRatelimitHeaders?: boolean
    readonly rateLimitBeforeAuth?: boolean
  }
}

const kind = { group: 'gloo.solo.io', kind: 'Settings' } as const

/** The settings that are in force: those that an installation brings, else the oldest. */
export const rateLimitSettingsOf = (scope: Scope): RateLimitSettings =>
  scope.read('Settings of rate limits', ({ objects, specs }) => {
    const object = objects.get(kind, controllerNamespace, 'default') ?? objects.list(kind)[0]
    return object && specs.get<RateLimitSettings>(object)
  }) ?? {}
