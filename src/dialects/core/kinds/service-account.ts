import { flag, list, object, text } from '../../field.ts'
import { informational } from '../../verdict.ts'
import { entryCount } from './columns.ts'
import { defineKind } from './define-kind.ts'
import { objectReferenceFields } from './object-reference.ts'

const byName = {
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['name'],
  'x-kubernetes-patch-strategy': 'merge',
  'x-kubernetes-patch-merge-key': 'name',
} as const

const schema = informational(
  object('An identity for what runs in the cluster.', {
    automountServiceAccountToken: flag('Whether pods get a token of it by themselves.'),
    imagePullSecrets: list(
      'Secrets for pulling images.',
      object('One Secret.', { name: text('Its name.') }),
      { 'x-kubernetes-list-type': 'atomic' },
    ),
    secrets: list(
      'Secrets that its pods may use.',
      object('One Secret.', objectReferenceFields(), ['name']),
      byName,
    ),
  }),
)

/** `v1/ServiceAccount`. */
export const serviceAccount = defineKind({
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  shortNames: ['sa'],
  schema,
  columns: [{ name: 'Secrets', type: 'integer', value: entryCount('secrets') }],
})
