import type { KubeObject } from '../../../kube/kube-object.ts'
import { isRecord } from '../../../lib/json/is-record.ts'
import { list, object, text } from '../../field.ts'
import { informational } from '../../verdict.ts'
import { defineKind } from './define-kind.ts'

const schema = object('A space for names, which most objects live in.', {
  spec: informational(
    object('What is wanted.', {
      finalizers: list('Who must act before the namespace is gone.', text('A name.'), {
        'x-kubernetes-list-type': 'atomic',
      }),
    }),
  ),
  status: informational(
    object('What is.', {
      phase: text('Active, or Terminating while its objects are being deleted.'),
      conditions: list(
        'Details of the state.',
        object(
          'One statement about the namespace.',
          {
            type: text('What it is about.'),
            status: text('True, False or Unknown.'),
            reason: text('One word that says why.'),
            message: text('A sentence for people.'),
            lastTransitionTime: text('When the status changed last.', { format: 'date-time' }),
          },
          ['type', 'status'],
        ),
        {
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['type'],
          'x-kubernetes-patch-strategy': 'merge',
          'x-kubernetes-patch-merge-key': 'type',
        },
      ),
    }),
  ),
})

const phaseOf = ({ metadata, status }: KubeObject): string => {
  if (metadata.deletionTimestamp !== undefined) return 'Terminating'
  return isRecord(status) && typeof status['phase'] === 'string' ? status['phase'] : 'Active'
}

/** `v1/Namespace`. */
export const namespace = defineKind({
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  scope: 'Cluster',
  nameForm: 'label-1123',
  statusSubresource: true,
  schema,
  selectableFields: ['status.phase'],
  columns: [{ name: 'Status', type: 'string', value: phaseOf }],
  prepare: (object) => ({
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
    },
    status: { ...(isRecord(object['status']) ? object['status'] : {}), phase: phaseOf(object) },
  }),
})
