import type { Static } from 'typebox'
import { describeFields } from '../../../field.ts'
import {
  choice,
  regexRewrite,
  resourceRef,
  selectorExpression,
  uint32,
} from '../../../gloo-core/kinds/fields/scalars.ts'
import { RouteOptions } from '../../../gloo-core/kinds/options/route-options.ts'
import { Type } from '../../../type.ts'
import { honoured, informational } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { RouteAction } from './destination.ts'
import { Matcher } from './matcher.ts'

const RedirectAction = describeFields(
  Type.Object({
    hostRedirect: honoured(behaviours.redirect, Type.Optional(Type.String())),
    pathRedirect: honoured(behaviours.redirect, Type.Optional(Type.String())),
    prefixRewrite: honoured(behaviours.redirect, Type.Optional(Type.String())),
    regexRewrite: Type.Optional(regexRewrite(behaviours.redirect)),
    responseCode: honoured(
      behaviours.redirect,
      Type.Optional(
        choice([
          'MOVED_PERMANENTLY',
          'FOUND',
          'SEE_OTHER',
          'TEMPORARY_REDIRECT',
          'PERMANENT_REDIRECT',
        ]),
      ),
    ),
    httpsRedirect: honoured(behaviours.redirect, Type.Optional(Type.Boolean())),
    stripQuery: honoured(behaviours.redirect, Type.Optional(Type.Boolean())),
    portRedirect: honoured(behaviours.redirect, Type.Optional(uint32())),
  }),
  {
    hostRedirect: 'Host of the new place; by default that of the request.',
    pathRedirect: 'Path of the new place.',
    prefixRewrite: 'What stands in the place of the matched prefix.',
    regexRewrite: 'Changes the path by a regular expression.',
    responseCode: 'Status of the answer; MOVED_PERMANENTLY (301) by default.',
    httpsRedirect: 'Whether the new place is https.',
    stripQuery: 'Whether the query is left out.',
    portRedirect: 'Port of the new place.',
  },
)
export type RedirectAction = Static<typeof RedirectAction>

const DirectResponseAction = describeFields(
  Type.Object({
    status: honoured(behaviours.directResponse, Type.Optional(uint32())),
    body: honoured(behaviours.directResponse, Type.Optional(Type.String())),
  }),
  { status: 'Status of the answer, 200 to 599.', body: 'Body of the answer.' },
)
export type DirectResponseAction = Static<typeof DirectResponseAction>

const RouteTableSelector = describeFields(
  Type.Object({
    namespaces: honoured(
      behaviours.delegationSelector,
      Type.Optional(Type.Array(Type.String(), { description: "'*' is every namespace." })),
    ),
    labels: honoured(
      behaviours.delegationSelector,
      Type.Optional(
        Type.Unsafe<Readonly<Record<string, string>>>({
          type: 'object',
          additionalProperties: { type: 'string' },
        }),
      ),
    ),
    expressions: Type.Optional(Type.Array(selectorExpression(behaviours.delegationSelector))),
  }),
  {
    namespaces: "Namespaces of the tables; by default that of this object, '*' is every one.",
    labels: 'Labels that the tables have.',
    expressions: 'Conditions for the labels of the tables, all of which hold.',
  },
)
export type RouteTableSelector = Static<typeof RouteTableSelector>

const DelegateAction = describeFields(
  Type.Object({
    name: honoured(
      behaviours.delegation,
      Type.Optional(Type.String({ description: 'Deprecated: use ref.' })),
    ),
    namespace: honoured(
      behaviours.delegation,
      Type.Optional(Type.String({ description: 'Deprecated: use ref.' })),
    ),
    ref: Type.Optional(resourceRef(behaviours.delegation)),
    selector: Type.Optional(RouteTableSelector),
  }),
  { ref: 'The RouteTable that has the routes.', selector: 'Finds RouteTables by their labels.' },
)
export type DelegateAction = Static<typeof DelegateAction>

/** `DelegateOptionsRefs` of projects/gateway/api/v1/virtual_service.proto. */
export const OptionsConfigRefs = describeFields(
  Type.Object({
    delegateOptions: Type.Optional(Type.Array(resourceRef(behaviours.externalOptions))),
  }),
  { delegateOptions: 'Objects whose options fill in what is not set here; earlier ones go first.' },
)

/** `Route` of projects/gateway/api/v1/virtual_service.proto. */
export const Route = describeFields(
  Type.Object({
    matchers: Type.Optional(Type.Array(Matcher)),
    inheritableMatchers: honoured(behaviours.inheritableMatchers, Type.Optional(Type.Boolean())),
    inheritablePathMatchers: honoured(
      behaviours.inheritableMatchers,
      Type.Optional(Type.Boolean()),
    ),
    routeAction: Type.Optional(RouteAction),
    redirectAction: Type.Optional(RedirectAction),
    directResponseAction: Type.Optional(DirectResponseAction),
    delegateAction: Type.Optional(DelegateAction),
    options: Type.Optional(RouteOptions),
    optionsConfigRefs: Type.Optional(OptionsConfigRefs),
    name: informational(Type.Optional(Type.String())),
  }),
  {
    matchers: 'Requests that the route takes: one matcher is enough. None: every request.',
    inheritableMatchers:
      'Whether routes that this one delegates to also need its headers, methods and parameters.',
    inheritablePathMatchers:
      'Whether routes that this one delegates to have its path in place of their own.',
    routeAction: 'Sends requests to upstreams.',
    redirectAction: 'Answers with another place to ask.',
    directResponseAction: 'Answers without an upstream.',
    delegateAction: 'Leaves requests to the routes of RouteTables.',
    options: 'What is done with requests and answers of the route.',
    optionsConfigRefs: 'RouteOptions whose options the route has as well.',
    name: 'A name of the route for logs and metrics.',
  },
)
export type Route = Static<typeof Route>
