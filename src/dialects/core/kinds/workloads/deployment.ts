import type { KubeObject } from '../../../../kube/kube-object.ts'
import { choice, count, flag, integer, integerOrText, list, object } from '../../../field.ts'
import { specOf } from '../../../shared/spec-of.ts'
import { approximated, honoured, ignored, informational } from '../../../verdict.ts'
import { ageColumn } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { byKey } from './list-markers.ts'
import { condition, podSelector, podTemplate, runs } from './pod-template.ts'
import { validateSelector } from './selector-rules.ts'
import { statusNumber, wantedReplicas, wideColumns } from './workload-columns.ts'

const rolls = 'a changed template rolls out new pods before the old ones go'
const surges = 'all new pods start at once, and the old ones go when the new ones are ready'

/** What Kubernetes writes where nothing is said; nobody is warned of what they did not ask for. */
const usualRolling = { maxSurge: '25%', maxUnavailable: '25%' }

const schema = object('Pods that are kept running and brought up to date.', {
  spec: object(
    'What is wanted.',
    {
      minReadySeconds: ignored(
        'a pod that is ready counts as available at once',
        integer('How long a pod is ready before it counts as available.', { format: 'int32' }),
      ),
      paused: honoured(rolls, flag('Whether changes of the template wait.')),
      progressDeadlineSeconds: honoured(
        'a rollout that makes no progress in time fails',
        integer('How long a rollout may stand still.', { format: 'int32', default: 600 }),
      ),
      replicas: honoured(runs, count('How many pods.', { format: 'int32', default: 1 })),
      revisionHistoryLimit: honoured(
        rolls,
        count('How many old ReplicaSets are kept.', { format: 'int32', default: 10 }),
      ),
      selector: podSelector,
      strategy: object('How pods are replaced.', {
        rollingUpdate: approximated(
          surges,
          rolls,
          object('How many at a time.', {
            maxSurge: integerOrText('How many more than wanted.'),
            maxUnavailable: integerOrText('How many fewer than wanted.'),
          }),
          [usualRolling],
        ),
        type: honoured(rolls, choice('Which way.', ['Recreate', 'RollingUpdate'])),
      }),
      template: podTemplate,
    },
    ['selector', 'template'],
  ),
  status: informational(
    object('What is.', {
      availableReplicas: integer('Pods that can be used.', { format: 'int32' }),
      collisionCount: integer('Names that were taken.', { format: 'int32' }),
      conditions: list('Statements about it.', condition, byKey('type')),
      observedGeneration: integer('The generation that it is about.', { format: 'int64' }),
      readyReplicas: integer('Pods that are ready.', { format: 'int32' }),
      replicas: integer('Pods.', { format: 'int32' }),
      terminatingReplicas: integer('Pods that are going.', { format: 'int32' }),
      unavailableReplicas: integer('Pods that are missing.', { format: 'int32' }),
      updatedReplicas: integer('Pods of the newest template.', { format: 'int32' }),
    }),
  ),
})

/** Kubernetes names the default strategy, and `kubectl rollout` asks for it. */
function prepareDeployment(object: KubeObject): KubeObject {
  const spec = specOf(object)
  const strategy = spec['strategy'] ?? {
    type: 'RollingUpdate',
    rollingUpdate: usualRolling,
  }
  return { ...object, spec: { ...spec, strategy } }
}

/** `apps/v1/Deployment`. */
export const deployment = defineKind({
  group: 'apps',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  schema,
  statusSubresource: true,
  scaleSubresource: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
  columns: [
    {
      name: 'Ready',
      type: 'string',
      value: (object) => `${statusNumber(object, 'readyReplicas')}/${wantedReplicas(object)}`,
    },
    {
      name: 'Up-to-date',
      type: 'integer',
      value: (object) => statusNumber(object, 'updatedReplicas'),
    },
    {
      name: 'Available',
      type: 'integer',
      value: (object) => statusNumber(object, 'availableReplicas'),
    },
    ageColumn,
    ...wideColumns,
  ],
  prepare: prepareDeployment,
  validate: validateSelector,
})
