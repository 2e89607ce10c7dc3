import type { Static } from 'typebox'
import { describeFields } from '../../../field.ts'
import { Type } from '../../../type.ts'
import { honoured, ignored, informational } from '../../../verdict.ts'
import { RouteAi } from '../ai/route-ai.ts'
import { behaviours } from '../behaviours.ts'
import {
  duration,
  ignoredTree,
  missingProtection,
  regexRewrite,
  resourceRef,
  uint32,
} from '../fields/scalars.ts'
import { unserved } from '../fields/unserved.ts'
import { CorsPolicy } from './cors.ts'
import { headerManipulation } from './header-manipulation.ts'
import { RouteJwt, StagedJwtProviders, StagedRouteJwt } from './jwt.ts'
import { rateLimitOptions } from './rate-limits.ts'
import { RbacSettings } from './rbac.ts'
import { RetryPolicy } from './retries.ts'

const Faults = describeFields(
  Type.Object({
    abort: Type.Optional(
      Type.Object({
        percentage: honoured(
          behaviours.faults,
          Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
        ),
        httpStatus: honoured(behaviours.faults, Type.Optional(uint32())),
      }),
    ),
    delay: Type.Optional(
      Type.Object({
        percentage: honoured(
          behaviours.faults,
          Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
        ),
        fixedDelay: honoured(behaviours.faults, Type.Optional(duration())),
      }),
    ),
  }),
  {
    abort: 'Answers a share of the requests with an error.',
    delay: 'Lets a share of the requests wait.',
  },
)

const Shadowing = describeFields(
  Type.Object({
    upstream: Type.Optional(resourceRef(behaviours.shadowing)),
    percentage: honoured(behaviours.shadowing, Type.Optional(Type.Number())),
    disableShadowHostSuffixAppend: honoured(behaviours.shadowing, Type.Optional(Type.Boolean())),
    hostRewriteLiteral: honoured(behaviours.shadowing, Type.Optional(Type.String())),
  }),
  {
    upstream: 'The Upstream that gets a copy of requests.',
    percentage: 'Share of the requests, 0 to 100.',
    disableShadowHostSuffixAppend: 'Whether -shadow is not added to the host.',
    hostRewriteLiteral: 'Host of the copies.',
  },
)

const LoadBalancerHash = describeFields(
  Type.Object({
    hashPolicies: Type.Optional(
      Type.Array(
        Type.Object({
          header: honoured(behaviours.lbHash, Type.Optional(Type.String())),
          cookie: Type.Optional(
            Type.Object({
              name: honoured(behaviours.lbHash, Type.Optional(Type.String())),
              ttl: honoured(behaviours.lbHash, Type.Optional(duration())),
              path: honoured(behaviours.lbHash, Type.Optional(Type.String())),
            }),
          ),
          sourceIp: honoured(behaviours.lbHash, Type.Optional(Type.Boolean())),
          terminal: honoured(behaviours.lbHash, Type.Optional(Type.Boolean())),
        }),
      ),
    ),
  }),
  { hashPolicies: 'What of a request chooses its endpoint with ringHash and maglev.' },
)

const connectReason = 'CONNECT requests are not tunnelled'

/** `ProtocolUpgradeConfig` of projects/gloo/api/v1/options/protocol_upgrade/protocol_upgrade.proto. */
export const ProtocolUpgrade = describeFields(
  Type.Object({
    websocket: Type.Optional(
      Type.Object({ enabled: honoured(behaviours.websocket, Type.Optional(Type.Boolean())) }),
    ),
    connect: Type.Optional(
      Type.Object({ enabled: ignored(connectReason, Type.Optional(Type.Boolean())) }),
    ),
    connectTerminate: Type.Optional(
      Type.Object({ enabled: ignored(connectReason, Type.Optional(Type.Boolean())) }),
    ),
  }),
  {
    websocket: 'Lets clients open WebSockets.',
    connect: 'Tunnels CONNECT requests.',
    connectTerminate: 'Ends CONNECT requests here.',
  },
)

/** Options that both routes and virtual hosts of Gloo have and that have no effect yet. */
export const laterOptions = {
  extensions: ignoredTree(unserved.extensions),
  transformations: ignoredTree(unserved.transformations),
  stagedTransformations: ignoredTree(unserved.transformations),
  ...rateLimitOptions,
  waf: missingProtection(unserved.waf),
  rbac: Type.Optional(RbacSettings),
  extauth: missingProtection(unserved.extauth),
  dlp: ignoredTree(unserved.dlp),
  bufferPerRoute: ignoredTree(unserved.buffer),
  csrf: ignoredTree(unserved.csrf),
  extProcEarly: ignoredTree(unserved.extProc),
  extProc: ignoredTree(unserved.extProc),
  extProcLate: ignoredTree(unserved.extProc),
}

const streamReason = 'streams are ended by timeout and idleTimeout only'

/** `RouteOptions` of projects/gloo/api/v1/route_options.proto. */
export const RouteOptions = describeFields(
  Type.Object({
    ...laterOptions,
    prefixRewrite: honoured(behaviours.prefixRewrite, Type.Optional(Type.String())),
    regexRewrite: Type.Optional(regexRewrite(behaviours.regexRewrite)),
    hostRewrite: honoured(behaviours.hostRewrite, Type.Optional(Type.String())),
    autoHostRewrite: honoured(behaviours.hostRewrite, Type.Optional(Type.Boolean())),
    hostRewritePathRegex: Type.Optional(regexRewrite(behaviours.hostRewrite)),
    hostRewriteHeader: honoured(behaviours.hostRewrite, Type.Optional(Type.String())),
    appendXForwardedHost: honoured(behaviours.forwardedHost, Type.Optional(Type.Boolean())),
    timeout: honoured(behaviours.timeout, Type.Optional(duration())),
    idleTimeout: honoured(behaviours.idleTimeout, Type.Optional(duration())),
    maxStreamDuration: Type.Optional(
      Type.Object({
        maxStreamDuration: ignored(streamReason, Type.Optional(duration())),
        grpcTimeoutHeaderMax: ignored(streamReason, Type.Optional(duration())),
        grpcTimeoutHeaderOffset: ignored(streamReason, Type.Optional(duration())),
      }),
    ),
    retries: Type.Optional(RetryPolicy),
    headerManipulation: Type.Optional(headerManipulation(behaviours.headerManipulation)),
    cors: Type.Optional(CorsPolicy),
    lbHash: Type.Optional(LoadBalancerHash),
    upgrades: Type.Optional(Type.Array(ProtocolUpgrade)),
    faults: Type.Optional(Faults),
    tracing: Type.Optional(
      Type.Object({
        routeDescriptor: informational(Type.Optional(Type.String())),
        tracePercentages: ignoredTree(unserved.tracing),
        propagate: ignored(unserved.tracing, Type.Optional(Type.Boolean())),
        customTags: ignoredTree(unserved.tracing),
      }),
    ),
    shadowing: Type.Optional(Shadowing),
    jwt: Type.Optional(RouteJwt),
    jwtStaged: Type.Optional(StagedRouteJwt),
    jwtProvidersStaged: Type.Optional(StagedJwtProviders),
    envoyMetadata: honoured(
      behaviours.rateLimitInline,
      Type.Optional(
        Type.Unsafe<Readonly<Record<string, unknown>>>({
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
        }),
      ),
    ),
    ai: Type.Optional(RouteAi),
  }),
  {
    prefixRewrite:
      'What stands in the place of the matched prefix, or of the whole path of other matchers.',
    regexRewrite: 'Changes the path by a regular expression.',
    hostRewrite: 'Host that the upstream sees.',
    autoHostRewrite: 'Whether the upstream sees its own DNS name as the host.',
    hostRewritePathRegex: 'Makes the host of the path.',
    hostRewriteHeader: 'Header whose value the upstream sees as the host.',
    appendXForwardedHost: 'Whether a changed host goes on in x-forwarded-host.',
    timeout: 'How long an answer may take to its last byte: 15s by default, 0s is without end.',
    idleTimeout: 'How long a request or answer may rest.',
    maxStreamDuration: 'How long streams may take.',
    retries: 'When and how requests are tried again.',
    headerManipulation: 'Adds and removes headers.',
    cors: 'Which pages of other origins may call.',
    lbHash: 'Sends alike requests to the same endpoint.',
    upgrades: 'Protocols that a connection may change to.',
    faults: 'Makes requests fail or wait, to test clients.',
    tracing: 'How calls are traced.',
    shadowing: 'Sends copies of requests elsewhere.',
    jwt: 'Whether tokens are asked for.',
    jwtStaged: 'Whether tokens are asked for, before and after external authorisation.',
    jwtProvidersStaged: 'Who issues the tokens of this route.',
    envoyMetadata: 'Data that rate limits may read.',
    ai: 'Prompts, defaults and guards of calls to models.',
  },
)
export type RouteOptions = Static<typeof RouteOptions>
