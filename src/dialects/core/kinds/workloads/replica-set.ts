import { count, integer, list, object } from '../../../field.ts'
import { honoured, ignored, informational } from '../../../verdict.ts'
import { ageColumn } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { byKey } from './list-markers.ts'
import { condition, podSelector, podTemplate, runs } from './pod-template.ts'
import { validateSelector } from './selector-rules.ts'
import { statusNumber, wantedReplicas, wideColumns } from './workload-columns.ts'

const schema = object('Equal pods of which a number is kept running.', {
  spec: object(
    'What is wanted.',
    {
      minReadySeconds: ignored(
        'a pod that is ready counts as available at once',
        integer('How long a pod is ready before it counts as available.', { format: 'int32' }),
      ),
      replicas: honoured(runs, count('How many pods.', { format: 'int32', default: 1 })),
      selector: podSelector,
      template: podTemplate,
    },
    ['selector'],
  ),
  status: informational(
    object('What is.', {
      availableReplicas: integer('Pods that can be used.', { format: 'int32' }),
      conditions: list('Statements about it.', condition, byKey('type')),
      fullyLabeledReplicas: integer('Pods with its labels.', { format: 'int32' }),
      observedGeneration: integer('The generation that it is about.', { format: 'int64' }),
      readyReplicas: integer('Pods that are ready.', { format: 'int32' }),
      replicas: integer('Pods.', { format: 'int32' }),
      terminatingReplicas: integer('Pods that are going.', { format: 'int32' }),
    }),
  ),
})

/** `apps/v1/ReplicaSet`. */
export const replicaSet = defineKind({
  group: 'apps',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  schema,
  statusSubresource: true,
  scaleSubresource: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
  columns: [
    { name: 'Desired', type: 'integer', value: wantedReplicas },
    { name: 'Current', type: 'integer', value: (object) => statusNumber(object, 'replicas') },
    { name: 'Ready', type: 'integer', value: (object) => statusNumber(object, 'readyReplicas') },
    ageColumn,
    ...wideColumns,
  ],
  validate: validateSelector,
})
