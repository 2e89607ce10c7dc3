import type { Static } from 'typebox'
import { Type } from '../../../type.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'

const HeaderMatcher = Type.Object({
  name: honoured(behaviours.matcherHeaders, Type.Optional(Type.String())),
  value: honoured(
    behaviours.matcherHeaders,
    Type.Optional(Type.String({ description: 'Empty: the header must be present.' })),
  ),
  regex: honoured(behaviours.matcherHeaders, Type.Optional(Type.Boolean())),
  invertMatch: honoured(behaviours.matcherHeaders, Type.Optional(Type.Boolean())),
})

const QueryParameterMatcher = Type.Object({
  name: honoured(behaviours.matcherQuery, Type.Optional(Type.String())),
  value: honoured(
    behaviours.matcherQuery,
    Type.Optional(Type.String({ description: 'Empty: the parameter must be present.' })),
  ),
  regex: honoured(behaviours.matcherQuery, Type.Optional(Type.Boolean())),
})

/** `Matcher` of solo-io/gloo projects/gloo/api/v1/core/matchers/matchers.proto. */
export const Matcher = Type.Object({
  prefix: honoured(behaviours.matcherPrefix, Type.Optional(Type.String())),
  exact: honoured(behaviours.matcherExact, Type.Optional(Type.String())),
  regex: honoured(
    behaviours.matcherRegex,
    Type.Optional(Type.String({ description: 'RE2; matches the whole path without query.' })),
  ),
  connectMatcher: ignored(
    'CONNECT requests are not tunnelled; the route matches nothing else',
    Type.Optional(Type.Object({})),
  ),
  caseSensitive: honoured(behaviours.matcherCase, Type.Optional(Type.Boolean())),
  headers: Type.Optional(Type.Array(HeaderMatcher)),
  queryParameters: Type.Optional(Type.Array(QueryParameterMatcher)),
  methods: honoured(behaviours.matcherMethods, Type.Optional(Type.Array(Type.String()))),
})
export type Matcher = Static<typeof Matcher>
