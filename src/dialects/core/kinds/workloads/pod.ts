import type { KubeObject } from '../../../../kube/kube-object.ts'
import { isRecord } from '../../../../lib/json/is-record.ts'
import { flag, free, integer, list, object, text } from '../../../field.ts'
import { recordsIn } from '../../../record.ts'
import { specOf } from '../../../shared/spec-of.ts'
import { informational } from '../../../verdict.ts'
import { ageColumn } from '../columns.ts'
import { defineKind } from '../define-kind.ts'
import { byKey } from './list-markers.ts'
import { condition, podSpec } from './pod-template.ts'

const containerStatus = object(
  'What is known of a container.',
  {
    image: text('What runs.'),
    imageID: text('What runs, exactly.'),
    lastState: free('How it was before.'),
    name: text('Its name.'),
    ready: flag('Whether it takes requests.'),
    restartCount: integer('How often it was started again.', { format: 'int32' }),
    started: flag('Whether it has started.'),
    state: free('How it is.'),
  },
  ['name'],
  { 'x-kubernetes-preserve-unknown-fields': true },
)

const schema = object('Something that runs, with an address of its own.', {
  spec: podSpec,
  status: informational(
    object(
      'What is.',
      {
        conditions: list('Statements about it.', condition, byKey('type')),
        containerStatuses: list('Its containers.', containerStatus),
        hostIP: text('Address of its node.'),
        message: text('A sentence for people.'),
        phase: text('Pending, Running, Succeeded or Failed.'),
        podIP: text('Its address.'),
        podIPs: list('Its addresses.', object('One.', { ip: text('The address.') }, ['ip'])),
        qosClass: text('What it is guaranteed.'),
        reason: text('One word that says why.'),
        startTime: text('When it was taken.', { format: 'date-time' }),
      },
      [],
      { 'x-kubernetes-preserve-unknown-fields': true },
    ),
  ),
})

const statusOf = ({ status }: KubeObject) => (isRecord(status) ? status : {})

const containersOf = (object: KubeObject) => recordsIn(statusOf(object)['containerStatuses'])

/** What kubectl calls STATUS: why a container waits, else the phase. */
function stateOf(object: KubeObject): string {
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating'
  for (const { state } of containersOf(object)) {
    const waiting = isRecord(state) ? state['waiting'] : undefined
    if (isRecord(waiting) && typeof waiting['reason'] === 'string') return waiting['reason']
  }
  return String(statusOf(object)['phase'] ?? 'Pending')
}

function readyOf(object: KubeObject): string {
  const ready = containersOf(object).filter((container) => container['ready'] === true).length
  return `${ready}/${recordsIn(specOf(object)['containers']).length}`
}

const restartsOf = (object: KubeObject) =>
  containersOf(object).reduce((sum, { restartCount }) => sum + Number(restartCount ?? 0), 0)

/** `v1/Pod`. */
export const pod = defineKind({
  kind: 'Pod',
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  schema,
  statusSubresource: true,
  selectableFields: [
    ...['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName'],
    ...['status.phase', 'status.podIP'],
  ],
  columns: [
    { name: 'Ready', type: 'string', value: readyOf },
    { name: 'Status', type: 'string', value: stateOf },
    { name: 'Restarts', type: 'integer', value: restartsOf },
    ageColumn,
    {
      name: 'IP',
      type: 'string',
      priority: 1,
      value: (object) => String(statusOf(object)['podIP'] ?? '<none>'),
    },
    {
      name: 'Node',
      type: 'string',
      priority: 1,
      value: (object) => String(specOf(object)['nodeName'] ?? '<none>'),
    },
  ],
})
