import type { Static, TSchema } from 'typebox'
import { choice, flag, integer, list, object, text } from '../../../field.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { backendReference, localReference } from './references.ts'
import {
  atomic,
  distinct,
  headerNames,
  headerValue,
  hostname,
  httpName,
  keyedBy,
} from './scalars.ts'

const headerList = (description: string) =>
  list(
    description,
    object('A header.', { name: httpName('Its name.'), value: headerValue('Its value.') }, [
      'name',
      'value',
    ]),
    { maxItems: 16, ...keyedBy('name') },
  )

const headerModifier = (test: string) =>
  honoured(
    test,
    object('Changes to headers.', {
      set: headerList('Headers that replace those of their name.'),
      add: headerList('Headers that stand beside those of their name.'),
      remove: list('Headers that are taken out.', text('A header name.'), {
        maxItems: 16,
        ...distinct,
      }),
    }),
  )

const pathModifier = () =>
  object(
    'The new path.',
    {
      type: choice('What is replaced.', ['ReplaceFullPath', 'ReplacePrefixMatch']),
      replaceFullPath: text('Replaces the whole path.', { maxLength: 1024 }),
      replacePrefixMatch: text('Replaces the matched prefix.', { maxLength: 1024 }),
    },
    ['type'],
  )
export type PathModifier = Static<ReturnType<typeof pathModifier>>

const requestMirror = (test: string) =>
  object(
    'Copies of requests, whose answers are thrown away.',
    {
      backendRef: backendReference(),
      percent: honoured(
        test,
        integer('The share of requests, of 100.', { format: 'int32', minimum: 0, maximum: 100 }),
      ),
      fraction: honoured(
        test,
        object(
          'The share of requests.',
          {
            numerator: integer('Above the line.', { format: 'int32', minimum: 0 }),
            denominator: integer('Below the line.', {
              format: 'int32',
              minimum: 1,
              default: 100,
            }),
          },
          ['numerator'],
        ),
      ),
    },
    ['backendRef'],
  )

const requestRedirect = (test: string) =>
  honoured(
    test,
    object('Sends the client elsewhere.', {
      scheme: choice('The scheme of the request unless given.', ['http', 'https']),
      hostname: hostname('The host of the request unless given.', 'exact'),
      path: pathModifier(),
      port: integer('The port of the scheme given, else of the listener.', {
        format: 'int32',
        minimum: 1,
        maximum: 65_535,
      }),
      statusCode: Object.assign(integer('The status of the answer.', { default: 302 }), {
        enum: [301, 302, 303, 307, 308],
      }),
    }),
  )

const urlRewrite = (test: string) =>
  honoured(
    test,
    object('Changes what the backend sees.', {
      hostname: hostname('The host.', 'exact'),
      path: pathModifier(),
    }),
  )

const originPattern =
  '(^\\*$)|(^(http(s)?):\\/\\/(((\\*\\.)?([a-zA-Z0-9\\-]+\\.)*[a-zA-Z0-9-]+|\\*)(:([0-9]{1,5}))?)$)'

const cors = () =>
  honoured(
    behaviours.cors,
    object('Cross-origin resource sharing.', {
      allowOrigins: list(
        'Origins; a host may begin with a wildcard.',
        text('An origin.', { pattern: originPattern, minLength: 1, maxLength: 253 }),
        { maxItems: 64, ...distinct },
      ),
      allowCredentials: flag('Whether requests may carry credentials.'),
      allowMethods: list(
        'Methods.',
        choice('A method.', [
          ...(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT'] as const),
          ...(['OPTIONS', 'TRACE', 'PATCH', '*'] as const),
        ]),
        { maxItems: 9, ...distinct },
      ),
      allowHeaders: headerNames('Request headers.'),
      exposeHeaders: headerNames('Response headers that scripts may read.'),
      maxAge: integer('Seconds for which a browser keeps the answer.', {
        format: 'int32',
        default: 5,
        minimum: 1,
      }),
    }),
  )

const externalAuth = () =>
  ignored(
    'external authorisation is not spoken yet; a rule that asks for it answers 500',
    object('Asks another service whether a request may pass.', {}, [], {
      'x-kubernetes-preserve-unknown-fields': true,
    }),
  )

const extensionRef = () => honoured(behaviours.extensionRef, localReference())

/** Where a list of filters stands; each has titles of its own. */
type FilterLevel = 'rule' | 'backend'

const titles = {
  rule: {
    requestHeaders: behaviours.requestHeaders,
    responseHeaders: behaviours.responseHeaders,
    mirror: behaviours.mirror,
    redirect: behaviours.redirect,
    urlRewrite: behaviours.urlRewrite,
  },
  backend: {
    requestHeaders: behaviours.backendHeaders,
    responseHeaders: behaviours.backendHeaders,
    mirror: behaviours.backendMirror,
    redirect: behaviours.backendRedirect,
    urlRewrite: behaviours.backendRewrite,
  },
} as const

/** What a filter does that only rules can have. */
const onlyOnRules = <Field extends TSchema>(level: FilterLevel, field: Field): Field =>
  level === 'rule'
    ? field
    : ignored('filters of this type are supported on rules only; the rule answers 500', field)

/** The filters of an HTTPRoute. */
export const httpRouteFilters = (level: FilterLevel) =>
  list(
    'What happens to requests and answers, in order.',
    object(
      'A filter.',
      {
        type: honoured(
          behaviours.requestHeaders,
          choice('Which of the fields is set.', [
            ...(['RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestMirror'] as const),
            ...(['RequestRedirect', 'URLRewrite', 'ExtensionRef', 'CORS', 'ExternalAuth'] as const),
          ]),
        ),
        requestHeaderModifier: headerModifier(titles[level].requestHeaders),
        responseHeaderModifier: headerModifier(titles[level].responseHeaders),
        requestMirror: requestMirror(titles[level].mirror),
        requestRedirect: requestRedirect(titles[level].redirect),
        urlRewrite: urlRewrite(titles[level].urlRewrite),
        cors: onlyOnRules(level, cors()),
        externalAuth: onlyOnRules(level, externalAuth()),
        extensionRef: onlyOnRules(level, extensionRef()),
      },
      ['type'],
    ),
    { maxItems: 16, ...atomic },
  )

/** The filters of a GRPCRoute. */
export const grpcRouteFilters = (level: FilterLevel) =>
  list(
    'What happens to requests and answers, in order.',
    object(
      'A filter.',
      {
        type: honoured(
          behaviours.requestHeaders,
          choice('Which of the fields is set.', [
            ...(['RequestHeaderModifier', 'ResponseHeaderModifier'] as const),
            ...(['RequestMirror', 'ExtensionRef'] as const),
          ]),
        ),
        requestHeaderModifier: headerModifier(titles[level].requestHeaders),
        responseHeaderModifier: headerModifier(titles[level].responseHeaders),
        requestMirror: requestMirror(titles[level].mirror),
        extensionRef: onlyOnRules(level, extensionRef()),
      },
      ['type'],
    ),
    { maxItems: 16, ...atomic },
  )

/** A filter of any kind of route. */
export type RouteFilter = Static<ReturnType<typeof httpRouteFilters>>[number]
