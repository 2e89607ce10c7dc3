import type { Static } from 'typebox'
import { map } from '../../../field.ts'
import { Type } from '../../../type.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { choice, duration, resourceRef, uint32 } from '../fields/scalars.ts'

const text = (test: string) => honoured(test, Type.Optional(Type.String()))
const flag = (test: string) => honoured(test, Type.Optional(Type.Boolean()))
const texts = (test: string) => honoured(test, Type.Optional(Type.Array(Type.String())))

const Jwks = Type.Object({
  local: Type.Optional(
    Type.Object({
      key: honoured(
        behaviours.jwt,
        Type.Optional(
          Type.String({ description: 'A PEM public key or certificate, a JWK, or a JWKS.' }),
        ),
      ),
    }),
  ),
  remote: Type.Optional(
    Type.Object({
      url: text(behaviours.jwtRemote),
      upstreamRef: Type.Optional(resourceRef(behaviours.jwtRemote)),
      cacheDuration: honoured(behaviours.jwtRemote, Type.Optional(duration())),
      asyncFetch: Type.Optional(
        Type.Object({
          fastListener: ignored(
            'keys are always fetched in the background, and listeners do not wait for them',
            Type.Optional(Type.Boolean()),
          ),
        }),
      ),
    }),
  ),
})

const Provider = Type.Object({
  jwks: Type.Optional(Jwks),
  audiences: texts(behaviours.jwtClaims),
  issuer: text(behaviours.jwt),
  tokenSource: Type.Optional(
    Type.Object({
      headers: Type.Optional(
        Type.Array(
          Type.Object({
            header: text(behaviours.jwtSources),
            prefix: text(behaviours.jwtSources),
          }),
        ),
      ),
      queryParams: texts(behaviours.jwtSources),
    }),
  ),
  keepToken: flag(behaviours.jwtSources),
  claimsToHeaders: Type.Optional(
    Type.Array(
      Type.Object({
        claim: text(behaviours.jwtClaims),
        header: text(behaviours.jwtClaims),
        append: flag(behaviours.jwtClaims),
      }),
    ),
  ),
  clockSkewSeconds: honoured(behaviours.jwtClaims, Type.Optional(uint32())),
  attachFailedStatusToMetadata: ignored(
    'why a token failed is not written to the metadata',
    Type.Optional(Type.String()),
  ),
})
export type Provider = Static<typeof Provider>

/** `VhostExtension` of projects/gloo/api/v1/enterprise/options/jwt/jwt.proto. */
export const JwtProviders = Type.Object({
  providers: Type.Optional(map('Any of them may accept a token.', Provider)),
  allowMissingOrFailedJwt: flag(behaviours.jwtPolicy),
  validationPolicy: honoured(
    behaviours.jwtPolicy,
    Type.Optional(choice(['REQUIRE_VALID', 'ALLOW_MISSING', 'ALLOW_MISSING_OR_FAILED'])),
  ),
  disable: flag(behaviours.jwtRoutes),
})
export type JwtProviders = Static<typeof JwtProviders>

/** The same in two stages. */
export const StagedJwtProviders = Type.Object({
  beforeExtAuth: Type.Optional(JwtProviders),
  afterExtAuth: Type.Optional(JwtProviders),
})

/** `RouteExtension` of the same file. */
export const RouteJwt = Type.Object({ disable: flag(behaviours.jwtRoutes) })

/** The same in two stages. */
export const StagedRouteJwt = Type.Object({
  beforeExtAuth: Type.Optional(RouteJwt),
  afterExtAuth: Type.Optional(RouteJwt),
})
