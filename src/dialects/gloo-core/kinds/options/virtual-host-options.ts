import type { Static } from 'typebox'
import { describeFields } from '../../../field.ts'
import { Type } from '../../../type.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { choice, ignoredTree } from '../fields/scalars.ts'
import { VirtualHostCorsPolicy } from './cors.ts'
import { headerManipulation } from './header-manipulation.ts'
import { JwtProviders, StagedJwtProviders } from './jwt.ts'
import { RetryPolicy } from './retries.ts'
import { laterOptions } from './route-options.ts'

const attemptReason = 'the number of the try is in the access log and not in a header'

/** `VirtualHostOptions` of projects/gloo/api/v1/virtual_host_options.proto. */
export const VirtualHostOptions = describeFields(
  Type.Object({
    ...laterOptions,
    jwt: Type.Optional(JwtProviders),
    jwtStaged: Type.Optional(StagedJwtProviders),
    retries: Type.Optional(RetryPolicy),
    stats: ignoredTree('requests are counted by route, not by virtual cluster'),
    headerManipulation: Type.Optional(headerManipulation(behaviours.headerManipulation)),
    cors: Type.Optional(VirtualHostCorsPolicy),
    corsPolicyMergeSettings: Type.Optional(
      Type.Object({
        exposeHeaders: honoured(behaviours.cors, Type.Optional(choice(['DEFAULT', 'UNION']))),
      }),
    ),
    includeRequestAttemptCount: ignored(attemptReason, Type.Optional(Type.Boolean())),
    includeAttemptCountInResponse: ignored(attemptReason, Type.Optional(Type.Boolean())),
  }),
  {
    jwt: 'Who issues the tokens that requests must carry.',
    jwtStaged: 'The same, before and after external authorisation.',
    retries: 'When and how requests are tried again, unless a route says otherwise.',
    headerManipulation: 'Adds and removes headers, of every route.',
    cors: 'Which pages of other origins may call, unless a route says otherwise.',
    corsPolicyMergeSettings: 'How a policy of a route meets this one.',
    stats: 'Groups of requests that are counted.',
    includeRequestAttemptCount: 'Whether the upstream hears which try a request is.',
    includeAttemptCountInResponse: 'Whether the client hears how many tries there were.',
  },
)
export type VirtualHostOptions = Static<typeof VirtualHostOptions>
