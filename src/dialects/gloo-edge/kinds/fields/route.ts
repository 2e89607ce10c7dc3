import type { Static } from 'typebox'
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

const RedirectAction = Type.Object({
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
})
export type RedirectAction = Static<typeof RedirectAction>

const DirectResponseAction = Type.Object({
  status: honoured(behaviours.directResponse, Type.Optional(uint32())),
  body: honoured(behaviours.directResponse, Type.Optional(Type.String())),
})
export type DirectResponseAction = Static<typeof DirectResponseAction>

const RouteTableSelector = Type.Object({
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
})
export type RouteTableSelector = Static<typeof RouteTableSelector>

const DelegateAction = Type.Object({
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
})
export type DelegateAction = Static<typeof DelegateAction>

/** `DelegateOptionsRefs` of projects/gateway/api/v1/virtual_service.proto. */
export const OptionsConfigRefs = Type.Object({
  delegateOptions: Type.Optional(Type.Array(resourceRef(behaviours.externalOptions))),
})

/** `Route` of projects/gateway/api/v1/virtual_service.proto. */
export const Route = Type.Object({
  matchers: Type.Optional(Type.Array(Matcher)),
  inheritableMatchers: honoured(behaviours.inheritableMatchers, Type.Optional(Type.Boolean())),
  inheritablePathMatchers: honoured(behaviours.inheritableMatchers, Type.Optional(Type.Boolean())),
  routeAction: Type.Optional(RouteAction),
  redirectAction: Type.Optional(RedirectAction),
  directResponseAction: Type.Optional(DirectResponseAction),
  delegateAction: Type.Optional(DelegateAction),
  options: Type.Optional(RouteOptions),
  optionsConfigRefs: Type.Optional(OptionsConfigRefs),
  name: informational(Type.Optional(Type.String())),
})
export type Route = Static<typeof Route>
