import type { Static } from 'typebox'
import { Type } from '../../../type.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { choice, resourceRef, uint32 } from '../fields/scalars.ts'
import { rateLimitsField } from '../rate-limit/limit-fields.ts'

const requestsOnly =
  'nothing tells the gateway who is signed in; every request counts by the address of its client'

const BasicLimits = Type.Object({
  anonymousLimits: Type.Optional(
    Type.Object({
      unit: honoured(
        behaviours.rateLimitBasic,
        Type.Optional(choice(['UNKNOWN', 'SECOND', 'MINUTE', 'HOUR', 'DAY'])),
      ),
      requestsPerUnit: honoured(behaviours.rateLimitBasic, Type.Optional(uint32())),
    }),
  ),
  authorizedLimits: Type.Optional(
    Type.Object({
      unit: ignored(
        requestsOnly,
        Type.Optional(choice(['UNKNOWN', 'SECOND', 'MINUTE', 'HOUR', 'DAY'])),
      ),
      requestsPerUnit: ignored(requestsOnly, Type.Optional(uint32())),
    }),
  ),
})

const InlineLimits = Type.Object({
  includeVhRateLimits: honoured(
    behaviours.rateLimitInheritance,
    Type.Optional(
      Type.Boolean({ description: 'On routes: whether those of the virtual host hold, too.' }),
    ),
  ),
  rateLimits: Type.Optional(rateLimitsField(behaviours.rateLimitInline)),
})

const ConfigRefs = Type.Object({
  refs: Type.Optional(Type.Array(resourceRef(behaviours.rateLimitConfigs))),
})

/** Limits as routes and virtual hosts have them (projects/gloo/api/v1/enterprise/options/ratelimit/ratelimit.proto). */
export const rateLimitOptions = {
  ratelimitBasic: Type.Optional(BasicLimits),
  ratelimit: Type.Optional(InlineLimits),
  rateLimitConfigs: Type.Optional(ConfigRefs),
  ratelimitEarly: Type.Optional(InlineLimits),
  rateLimitEarlyConfigs: Type.Optional(ConfigRefs),
  ratelimitRegular: Type.Optional(InlineLimits),
  rateLimitRegularConfigs: Type.Optional(ConfigRefs),
}

export type InlineLimits = Static<typeof InlineLimits>
export type ConfigRefs = Static<typeof ConfigRefs>
export type BasicLimits = Static<typeof BasicLimits>
