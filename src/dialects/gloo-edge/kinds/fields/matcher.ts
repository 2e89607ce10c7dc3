import type { Static } from 'typebox'
import { describeFields } from '../../../field.ts'
import { Type } from '../../../type.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'

const HeaderMatcher = describeFields(
  Type.Object({
    name: honoured(behaviours.matcherHeaders, Type.Optional(Type.String())),
    value: honoured(
      behaviours.matcherHeaders,
      Type.Optional(Type.String({ description: 'Empty: the header must be present.' })),
    ),
    regex: honoured(behaviours.matcherHeaders, Type.Optional(Type.Boolean())),
    invertMatch: honoured(behaviours.matcherHeaders, Type.Optional(Type.Boolean())),
  }),
  {
    name: 'Name of the header; :method and :authority may stand here, too.',
    value: 'What it must be. Empty: the header must be present.',
    regex: 'Whether the value is a regular expression of the whole header, in RE2 syntax.',
    invertMatch: 'Whether the header must not match.',
  },
)

const QueryParameterMatcher = describeFields(
  Type.Object({
    name: honoured(behaviours.matcherQuery, Type.Optional(Type.String())),
    value: honoured(
      behaviours.matcherQuery,
      Type.Optional(Type.String({ description: 'Empty: the parameter must be present.' })),
    ),
    regex: honoured(behaviours.matcherQuery, Type.Optional(Type.Boolean())),
  }),
  {
    name: 'Name of the parameter.',
    value: 'What it must be. Empty: the parameter must be present.',
    regex: 'Whether the value is a regular expression of the whole parameter, in RE2 syntax.',
  },
)

/** `Matcher` of solo-io/gloo projects/gloo/api/v1/core/matchers/matchers.proto. */
export const Matcher = describeFields(
  Type.Object({
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
  }),
  {
    prefix: 'How the path begins: /foo takes /foobar, too.',
    exact: 'The whole path, without query.',
    regex: 'RE2; matches the whole path without query.',
    connectMatcher: 'Takes CONNECT requests.',
    caseSensitive: 'Whether prefix and exact tell capitals from small letters; default true.',
    headers: 'Headers that must match, all of them.',
    queryParameters: 'Parameters of the query that must match, all of them.',
    methods: 'Methods, in capitals, of which one must match; none: every method.',
  },
)
export type Matcher = Static<typeof Matcher>
