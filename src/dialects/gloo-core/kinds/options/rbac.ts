import type { Static } from 'typebox'
import { anything, map } from '../../../field.ts'
import { Type } from '../../../type.ts'
import { honoured } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { choice } from '../fields/scalars.ts'

const text = () => honoured(behaviours.rbac, Type.Optional(Type.String()))

const JwtPrincipal = Type.Object({
  claims: honoured(
    behaviours.rbac,
    Type.Optional(map('All of them must match.', anything('Compared as text.'))),
  ),
  provider: text(),
  matcher: honoured(
    behaviours.rbac,
    Type.Optional(choice(['EXACT_STRING', 'BOOLEAN', 'LIST_CONTAINS', 'REGEX_MATCH'])),
  ),
})
export type JwtPrincipal = Static<typeof JwtPrincipal>

const RbacPolicy = Type.Object({
  principals: Type.Optional(Type.Array(Type.Object({ jwtPrincipal: Type.Optional(JwtPrincipal) }))),
  permissions: Type.Optional(
    Type.Object({
      pathPrefix: text(),
      methods: honoured(behaviours.rbac, Type.Optional(Type.Array(Type.String()))),
    }),
  ),
  nestedClaimDelimiter: text(),
})
export type RbacPolicy = Static<typeof RbacPolicy>

/** `ExtensionSettings` of projects/gloo/api/v1/enterprise/options/rbac/rbac.proto. */
export const RbacSettings = Type.Object({
  disable: honoured(behaviours.rbac, Type.Optional(Type.Boolean())),
  policies: Type.Optional(map('Any of them may allow a request.', RbacPolicy)),
})
export type RbacSettings = Static<typeof RbacSettings>
