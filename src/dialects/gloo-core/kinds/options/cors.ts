import type { Static } from 'typebox'
import { describeFields } from '../../../field.ts'
import { Type } from '../../../type.ts'
import { honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'

const strings = () => honoured(behaviours.cors, Type.Optional(Type.Array(Type.String())))
const flag = () => honoured(behaviours.cors, Type.Optional(Type.Boolean()))

/** `CorsPolicy` of projects/gloo/api/v1/options/cors/cors.proto. */
export const CorsPolicy = describeFields(
  Type.Object({
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
  }),
  {
    allowOrigin: "Origins that may call; '*' is every one.",
    allowOriginRegex: 'Regular expressions of origins that may call, in RE2 syntax.',
    allowMethods: 'Methods that they may use.',
    allowHeaders: 'Headers that they may send.',
    exposeHeaders: 'Headers of answers that they may read.',
    maxAge: 'Seconds for which a preflight may be cached.',
    allowCredentials: 'Whether they may send cookies and credentials.',
    disableForRoute: 'Whether the policy of the virtual host does not hold here.',
  },
)
export type CorsPolicy = Static<typeof CorsPolicy>

/** The same policy on a virtual host. */
export const VirtualHostCorsPolicy = Type.Object({
  ...CorsPolicy.properties,
  disableForRoute: ignored('only routes can turn CORS off', Type.Optional(Type.Boolean())),
})
