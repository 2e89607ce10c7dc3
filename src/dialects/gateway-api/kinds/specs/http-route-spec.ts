import type { Static } from 'typebox'
import { choice, integer, list, object, text } from '../../../field.ts'
import { honoured, informational } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { httpRouteFilters } from '../fields/filters.ts'
import { parentReferences, weightedBackendReference } from '../fields/references.ts'
import { routeHostnames, useDefaultGateways } from '../fields/route-hosts.ts'
import { atomic, gatewayDuration, httpName, keyedBy, sectionName } from '../fields/scalars.ts'
import { sessionPersistence } from '../fields/session-persistence.ts'
import { headerMatches, matchType } from '../fields/value-matches.ts'

const anyPath = { path: { type: 'PathPrefix', value: '/' } }

const match = object('Conditions on a request; all must hold.', {
  path: honoured(
    behaviours.pathMatch,
    object(
      'The path.',
      {
        type: Object.assign(
          choice('How it is compared.', ['Exact', 'PathPrefix', 'RegularExpression']),
          { default: 'PathPrefix' },
        ),
        value: text('What it is compared with.', { default: '/', maxLength: 1024 }),
      },
      [],
      { default: anyPath.path },
    ),
  ),
  headers: honoured(behaviours.headerMatch, headerMatches()),
  queryParams: honoured(
    behaviours.queryMatch,
    list(
      'Query parameters.',
      object(
        'A query parameter.',
        {
          type: matchType(),
          name: httpName('Its name.'),
          value: text('Its value.', { minLength: 1, maxLength: 1024 }),
        },
        ['name', 'value'],
      ),
      { maxItems: 16, ...keyedBy('name') },
    ),
  ),
  method: honoured(
    behaviours.methodMatch,
    choice('The method.', [
      ...(['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const),
      ...(['CONNECT', 'OPTIONS', 'TRACE', 'PATCH'] as const),
    ]),
  ),
})
export type HttpRouteMatch = Static<typeof match>

const retry = () =>
  honoured(
    behaviours.retry,
    object('When a request is tried again; connection errors always count.', {
      codes: list('Statuses of answers.', integer('A status.', { minimum: 400, maximum: 599 }), {
        'x-kubernetes-list-type': 'set',
      }),
      attempts: integer('How often at most, after the first try.', { minimum: 1 }),
      backoff: gatewayDuration('The shortest pause between tries.'),
    }),
  )

const timeouts = () =>
  object('Time limits; 0s is none.', {
    request: honoured(behaviours.requestTimeout, gatewayDuration('For the whole exchange.')),
    backendRequest: honoured(behaviours.backendTimeout, gatewayDuration('For one try.')),
  })

const rule = object('Matches, and what happens to the requests that match.', {
  name: informational(sectionName('Its name, unique in the route.')),
  matches: list('Any of them.', match, { default: [anyPath], maxItems: 64, ...atomic }),
  filters: httpRouteFilters('rule'),
  backendRefs: list('Where requests go.', weightedBackendReference(httpRouteFilters('backend')), {
    maxItems: 16,
    ...atomic,
  }),
  timeouts: timeouts(),
  retry: retry(),
  sessionPersistence: sessionPersistence(),
})
export type HttpRouteRule = Static<typeof rule>

/** The spec of a HTTPRoute. */
export const httpRouteSpec = object('Hosts, rules, and the gateways that serve them.', {
  parentRefs: parentReferences(),
  hostnames: routeHostnames(),
  rules: list('Rules.', rule, {
    default: [{ matches: [anyPath] }],
    minItems: 1,
    maxItems: 16,
    ...atomic,
  }),
  useDefaultGateways: useDefaultGateways(),
})
export type HttpRouteSpec = Static<typeof httpRouteSpec>
