import { Type } from '../../../type.ts'
import { approximated, honoured, ignored } from '../../../verdict.ts'
import { behaviours } from '../behaviours.ts'

/** A protobuf `uint32`. */
export const uint32 = () => Type.Integer({ minimum: 0, maximum: 4_294_967_295 })

/** One of some names; the protobuf number of each is its index. */
export const choice = <const Name extends string>(names: readonly Name[]) =>
  Type.Unsafe<Name>({ type: 'string', enum: names })

/** A protobuf duration such as `15s`, `0.5s` or `1m30s`. */
export const duration = () =>
  Type.String({ format: 'duration', description: 'Such as 15s, 0.5s or 1m30s.' })

const tree = () =>
  Type.Optional(
    Type.Unsafe<Readonly<Record<string, unknown>>>({
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
    }),
  )

/** A subtree that is stored as it is and has no effect, for `reason`. */
export const ignoredTree = (reason: string) => ignored(reason, tree())

/** A protection that is not supported yet: what asks for it is not served. */
export const missingProtection = (what: string) =>
  approximated(
    `${what}; routes that ask for it answer 500, so that nothing is served without it`,
    behaviours.protection,
    tree(),
  )

/** A list that is stored as it is and has no effect, for `reason`. */
export const ignoredList = (reason: string) =>
  ignored(
    reason,
    Type.Optional(
      Type.Unsafe<readonly unknown[]>({
        type: 'array',
        items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      }),
    ),
  )

/** A text that has no effect, for `reason`. */
export const ignoredText = (reason: string) => ignored(reason, Type.Optional(Type.String()))

/** Names an object; every field of it is shown by the same behaviour test. */
export const resourceRef = (test: string) =>
  Type.Object({
    name: honoured(test, Type.Optional(Type.String({ description: 'Its name.' }))),
    namespace: honoured(
      test,
      Type.Optional(Type.String({ description: 'Empty: the namespace of this object.' })),
    ),
  })

/** A regular expression and what replaces its matches. */
export const regexRewrite = (test: string) =>
  Type.Object({
    pattern: Type.Optional(
      Type.Object({
        googleRe2: ignoredTree('every regular expression is RE2'),
        regex: honoured(test, Type.Optional(Type.String({ description: 'RE2 syntax.' }))),
      }),
    ),
    substitution: honoured(
      test,
      Type.Optional(Type.String({ description: '\\1 refers to the first group.' })),
    ),
  })

/** A label selector with expressions as Gloo writes them. */
export const selectorExpression = (test: string) =>
  Type.Object({
    key: honoured(test, Type.Optional(Type.String())),
    operator: honoured(
      test,
      Type.Optional(
        choice([
          'Equals',
          'DoubleEquals',
          'NotEquals',
          'In',
          'NotIn',
          'Exists',
          'DoesNotExist',
          'GreaterThan',
          'LessThan',
        ]),
      ),
    ),
    values: honoured(test, Type.Optional(Type.Array(Type.String()))),
  })
