import type { Static } from 'typebox'
import { Type } from '../../../type.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'

const strings = () => honoured(behaviours.cors, Type.Optional(Type.Array(Type.String())))
const flag = () => honoured(behaviours.cors, Type.Optional(Type.Boolean()))

/** `CorsPolicy` of projects/gloo/api/v1/options/cors/cors.proto. */
export const CorsPolicy = Type.Object({
  allowOrigin: strings(),
  allowOriginRegex: strings(),
  allowMethods: strings(),
  allowHeaders: strings(),
  exposeHeaders: strings(),
  maxAge: honoured(
    behaviours.cors,
    Type.Optional(Type.String({ description: 'Seconds for which a preflight may be cached.' })),
  ),
  allowCredentials: flag(),
  disableForRoute: flag(),
})
export type CorsPolicy = Static<typeof CorsPolicy>

/** The same policy on a virtual host. */
export const VirtualHostCorsPolicy = Type.Object({
  ...CorsPolicy.properties,
  disableForRoute: ignored('only routes can turn CORS off', Type.Optional(Type.Boolean())),
})
