import { integer, object, text } from '../../field.ts'
import { informational } from '../../verdict.ts'
import { defineKind } from './define-kind.ts'

const schema = informational(
  object('Says who holds something, and until when.', {
    spec: object('Who and how long.', {
      acquireTime: text('When the holder took it.', { format: 'date-time' }),
      holderIdentity: text('Who holds it.'),
      leaseDurationSeconds: integer('How long a holder may be silent.', { format: 'int32' }),
      leaseTransitions: integer('How often the holder changed.', { format: 'int32' }),
      preferredHolder: text('Who should take it next.'),
      renewTime: text('When the holder renewed it last.', { format: 'date-time' }),
      strategy: text('How the next holder is chosen.'),
    }),
  }),
)

/** `coordination.k8s.io/v1/Lease`. */
export const lease = defineKind({
  group: 'coordination.k8s.io',
  kind: 'Lease',
  plural: 'leases',
  shortNames: [],
  schema,
  columns: [{ name: 'Holder', type: 'string', value: '.spec.holderIdentity' }],
})
