import type { Static } from 'typebox'
import { list, object } from '../../field.ts'
import { honoured } from '../../verdict.ts'
import { gatewayGroup } from '../names.ts'
import { behaviours } from './behaviours.ts'
import { ageColumn, defineKind } from './define-kind.ts'
import { conditions, pending } from './fields/conditions.ts'
import { listenerStatuses, listeners } from './fields/listeners.ts'
import { group, keyedBy, kindName, namespaceName, objectName } from './fields/scalars.ts'
import { validateListenerSet } from './rules/listener-rules.ts'

const spec = object(
  'Listeners, and the Gateway that serves them.',
  {
    parentRef: honoured(
      behaviours.listenerSets,
      object(
        'The Gateway.',
        {
          group: group(gatewayGroup),
          kind: kindName('Gateway'),
          name: objectName(),
          namespace: namespaceName('The namespace of the ListenerSet unless given.'),
        },
        ['name'],
      ),
    ),
    listeners: listeners(),
  },
  ['listeners', 'parentRef'],
)
export type ListenerSetSpec = Static<typeof spec>

const status = object(
  'What became of the ListenerSet.',
  {
    conditions: list('Conditions.', conditions().items, {
      default: pending('Accepted', 'Programmed'),
      maxItems: 8,
      ...keyedBy('type'),
    }),
    listeners: listenerStatuses(),
  },
  [],
  { default: { conditions: pending('Accepted', 'Programmed') } },
)

/** `gateway.networking.k8s.io/ListenerSet`. */
export const listenerSet = defineKind({
  kind: 'ListenerSet',
  plural: 'listenersets',
  shortNames: ['lset'],
  description: 'Ports that are added to those of a Gateway.',
  spec,
  status,
  olderVersions: [],
  columns: [
    {
      name: 'Accepted',
      type: 'string',
      value: '.status.conditions[?(@.type=="Accepted")].status',
    },
    {
      name: 'Programmed',
      type: 'string',
      value: '.status.conditions[?(@.type=="Programmed")].status',
    },
    ageColumn,
  ],
  validate: validateListenerSet,
})
