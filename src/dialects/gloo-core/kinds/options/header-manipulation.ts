import type { Static } from 'typebox'
import { Type } from '../../../type.ts'
import { honoured } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'
import { resourceRef } from '../fields/scalars.ts'

const Header = (test: string) =>
  Type.Object({
    key: honoured(test, Type.Optional(Type.String({ description: 'Name of the header.' }))),
    value: honoured(
      test,
      Type.Optional(Type.String({ description: 'May hold substitutions such as %PROTOCOL%.' })),
    ),
  })

const RequestHeaderValueOption = (test: string) =>
  Type.Object({
    header: Type.Optional(Header(test)),
    headerSecretRef: Type.Optional(resourceRef(behaviours.headerSecrets)),
    append: honoured(
      test,
      Type.Optional(
        Type.Boolean({ description: 'False replaces existing values. True, the default, adds.' }),
      ),
    ),
  })

const ResponseHeaderValueOption = (test: string) =>
  Type.Object({
    header: Type.Optional(Header(test)),
    append: honoured(test, Type.Optional(Type.Boolean())),
  })

/** `HeaderManipulation` of projects/gloo/api/v1/options/headers/headers.proto, at the level that `test` shows. */
export const headerManipulation = (test: string) =>
  Type.Object({
    requestHeadersToAdd: Type.Optional(Type.Array(RequestHeaderValueOption(test))),
    requestHeadersToRemove: honoured(test, Type.Optional(Type.Array(Type.String()))),
    responseHeadersToAdd: Type.Optional(Type.Array(ResponseHeaderValueOption(test))),
    responseHeadersToRemove: honoured(test, Type.Optional(Type.Array(Type.String()))),
  })

export type HeaderManipulation = Static<ReturnType<typeof headerManipulation>>
