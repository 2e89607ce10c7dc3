import type { Static } from 'typebox'
import { list, object } from '../../field.ts'
import { honoured } from '../../verdict.ts'
import { behaviours } from './behaviours.ts'
import { ageColumn, defineKind } from './define-kind.ts'
import { atomic, group, kindName, namespaceName, objectName } from './fields/scalars.ts'

const spec = object(
  'Who may refer to what in this namespace.',
  {
    from: honoured(
      behaviours.crossNamespace,
      list(
        'Objects that may refer.',
        object(
          'A kind of objects of a namespace.',
          { group: group(), kind: kindName(), namespace: namespaceName('Their namespace.') },
          ['group', 'kind', 'namespace'],
        ),
        { minItems: 1, maxItems: 16, ...atomic },
      ),
    ),
    to: honoured(
      behaviours.crossNamespace,
      list(
        'Objects that may be referred to.',
        object(
          'A kind of objects of this namespace, or one of them.',
          { group: group(), kind: kindName(), name: objectName() },
          ['group', 'kind'],
        ),
        { minItems: 1, maxItems: 16, ...atomic },
      ),
    ),
  },
  ['from', 'to'],
)
export type ReferenceGrantSpec = Static<typeof spec>

/** `gateway.networking.k8s.io/ReferenceGrant`. */
export const referenceGrant = defineKind({
  kind: 'ReferenceGrant',
  plural: 'referencegrants',
  shortNames: ['refgrant'],
  description: 'Lets objects of other namespaces refer to objects of this one.',
  spec,
  status: undefined,
  olderVersions: [{ name: 'v1beta1' }],
  columns: [ageColumn],
})
