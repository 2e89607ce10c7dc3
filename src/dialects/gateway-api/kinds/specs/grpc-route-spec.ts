import type { Static } from 'typebox'
import { list, object, text } from '../../../field.ts'
import { honoured, informational } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { grpcRouteFilters } from '../fields/filters.ts'
import { parentReferences, weightedBackendReference } from '../fields/references.ts'
import { routeHostnames, useDefaultGateways } from '../fields/route-hosts.ts'
import { atomic, sectionName } from '../fields/scalars.ts'
import { sessionPersistence } from '../fields/session-persistence.ts'
import { headerMatches, matchType } from '../fields/value-matches.ts'

const match = honoured(
  behaviours.grpcMatch,
  object('Conditions on a call; all must hold.', {
    method: object('The method.', {
      type: matchType(),
      service: text('The service, with its package.', { maxLength: 1024 }),
      method: text('The method of the service.', { maxLength: 1024 }),
    }),
    headers: headerMatches(),
  }),
)
export type GrpcRouteMatch = Static<typeof match>

const rule = object('Matches, and what happens to the calls that match.', {
  name: informational(sectionName('Its name, unique in the route.')),
  matches: list('Any of them; every call unless given.', match, { maxItems: 64, ...atomic }),
  filters: grpcRouteFilters('rule'),
  backendRefs: list('Where calls go.', weightedBackendReference(grpcRouteFilters('backend')), {
    maxItems: 16,
    ...atomic,
  }),
  sessionPersistence: sessionPersistence(),
})
export type GrpcRouteRule = Static<typeof rule>

/** The spec of a GRPCRoute. */
export const grpcRouteSpec = object('Hosts, rules, and the gateways that serve them.', {
  parentRefs: parentReferences(),
  hostnames: routeHostnames(),
  rules: list('Rules.', rule, { maxItems: 16, ...atomic }),
  useDefaultGateways: useDefaultGateways(),
})
export type GrpcRouteSpec = Static<typeof grpcRouteSpec>
